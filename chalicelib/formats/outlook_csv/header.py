"""Outlook's header line, in the languages Outlook writes it in."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

Language = Literal["en", "de", "fr", "es"]

HEADERS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "subject": "Subject", "start_date": "Start Date", "start_time": "Start Time", "end_date": "End Date",
        "end_time": "End Time", "all_day": "All day event", "reminder": "Reminder on/off",
        "reminder_date": "Reminder Date", "reminder_time": "Reminder Time", "organizer": "Meeting Organizer",
        "required": "Required Attendees", "optional": "Optional Attendees", "resources": "Meeting Resources",
        "billing": "Billing Information", "categories": "Categories", "description": "Description",
        "location": "Location", "mileage": "Mileage", "priority": "Priority", "private": "Private",
        "sensitivity": "Sensitivity", "show_as": "Show time as",
    },
    "de": {
        "subject": "Betreff", "start_date": "Beginnt am", "start_time": "Beginnt um", "end_date": "Endet am",
        "end_time": "Endet um", "all_day": "Ganztägiges Ereignis", "reminder": "Erinnerung Ein/Aus",
        "reminder_date": "Erinnerung am", "reminder_time": "Erinnerung um", "organizer": "Besprechungsplanung",
        "required": "Erforderliche Teilnehmer", "optional": "Optionale Teilnehmer",
        "resources": "Besprechungsressourcen", "billing": "Abrechnungsinformationen", "description": "Beschreibung",
        "categories": "Kategorien", "location": "Ort", "priority": "Priorität", "private": "Privat",
        "mileage": "Reisekilometer", "sensitivity": "Vertraulichkeit", "show_as": "Zeitspanne zeigen als",
    },
    "fr": {
        "subject": "Objet", "start_date": "Début", "start_time": "Début", "end_date": "Fin", "end_time": "Fin",
        "all_day": "Journée entière", "reminder": "Rappel actif/inactif", "reminder_date": "Date de rappel",
        "reminder_time": "Heure du rappel", "organizer": "Organisateur d'une réunion",
        "required": "Participants obligatoires", "optional": "Participants facultatifs",
        "resources": "Ressources de la réunion", "show_as": "Afficher la disponibilité", "categories": "Catégories",
        "sensitivity": "Critère de diffusion", "description": "Description", "location": "Emplacement",
        "billing": "Informations facturation", "mileage": "Kilométrage", "priority": "Priorité", "private": "Privé",
    },
    "es": {
        "subject": "Asunto", "start_date": "Fecha de comienzo", "start_time": "Comienzo",
        "end_date": "Fecha de finalización", "end_time": "Finalización", "all_day": "Todo el día",
        "reminder": "Reminder on/off", "reminder_date": "Reminder Date", "reminder_time": "Reminder Time",
        "organizer": "Meeting Organizer", "required": "Required Attendees", "optional": "Optional Attendees",
        "resources": "Recursos de la reunión", "billing": "Billing Information", "categories": "Categories",
        "description": "Description", "location": "Location", "mileage": "Mileage", "priority": "Priority",
        "private": "Private", "sensitivity": "Sensitivity", "show_as": "Show time as",
    },
}  # fmt: skip
"""By language: the columns in the order Outlook writes them, and what it calls them.

The French one has two names twice, the date first; the Spanish one is translated in part only. Both are so in Outlook.
"""

_OTHER_NAMES: Final[Mapping[Language, Mapping[str, Sequence[str]]]] = {
    "en": {"subject": ("Title",), "start_date": ("Start",), "end_date": ("End",), "organizer": ("Organizer",),
           "all_day": ("All Day",), "description": ("Notes",)},
    "de": {"all_day": ("Ganztaegiges Ereignis", "Ganztägig"), "priority": ("Prioritaet",),
           "organizer": ("Besprechungsorganisator",),
           "start_date": ("Startdatum",), "start_time": ("Startzeit",), "end_date": ("Enddatum",), "end_time": ("Endzeit",)},
    "fr": {"start_date": ("Date de début",), "start_time": ("Heure de début",), "end_date": ("Date de fin",),
           "end_time": ("Heure de fin",), "location": ("Lieu",), "reminder": ("Rappel activé/désactivé",)},
    "es": {"start_date": ("Fecha de inicio",), "start_time": ("Hora de comienzo", "Hora de inicio"), "end_date": ("Fecha de fin",),
           "end_time": ("Hora de finalización", "Hora de fin"), "all_day": ("Evento de todo el día",),
           "reminder": ("Aviso activado/desactivado", "Recordatorio activado/desactivado"),
           "reminder_date": ("Fecha del aviso", "Fecha de recordatorio"),
           "reminder_time": ("Hora del aviso", "Hora de recordatorio"),
           "organizer": ("Organizador de la reunión",), "required": ("Asistentes necesarios", "Asistentes requeridos"),
           "optional": ("Asistentes opcionales",), "billing": ("Información de facturación",), "categories": ("Categorías",),
           "description": ("Descripción",), "location": ("Ubicación",), "mileage": ("Kilometraje",), "priority": ("Prioridad",),
           "private": ("Privado",), "sensitivity": ("Confidencialidad", "Carácter"),
           "show_as": ("Mostrar la hora como", "Mostrar hora como")},
}  # fmt: skip
"""What other versions and other programs call them."""

DELIMITERS: Final = (",", ";", "\t")


def _plain(name: str) -> str:
    """Give the form in which names are compared: letters and digits, without case and accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(re.findall(r"[^\W_]+", "".join(letter for letter in letters if not unicodedata.combining(letter))))


def _columns_by_name() -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for language, header in HEADERS.items():
        others = _OTHER_NAMES[language]
        for column, name in header.items():
            for spelling in (name, *others.get(column, ())):
                known = columns.setdefault(_plain(spelling), [])
                if column not in known:
                    known.append(column)
    return columns


_COLUMNS: Final = _columns_by_name()
_LANGUAGES: Final[Mapping[str, Language]] = {_plain(header["subject"]): language for language, header in HEADERS.items()}


class Layout(NamedTuple):
    """How a file is laid out, as its header line tells."""

    delimiter: str
    newline: str
    """What ends a line: a line feed (with or without a carriage return before it), or a carriage return alone."""
    header: tuple[str, ...]
    """The cells of the header line."""
    columns: tuple[str, ...]
    """For each cell of a row which column of `HEADERS` it is; empty where it is none."""
    language: Language
    underscored: bool
    """The header is spelled `start_date`: written by Timeslot itself, its times are UTC."""
    lines: int
    """Lines up to and including the header."""

    def state(self) -> dict[str, Any]:
        """Give what is needed to make it again, JSON-able."""
        return {"delimiter": self.delimiter, "newline": self.newline, "header": self.header, "lines": self.lines}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Layout:
        """Make it again."""
        return _layout(state["delimiter"], state["newline"], state["header"], state["lines"])


def recognise(head: str) -> Layout | None:
    """Find Outlook's header at the beginning of a text; None when it is something else.

    It is one when a subject and a start date are among the names, in any order and any of the languages.
    """
    newline = "\r" if "\n" not in head and "\r" in head else "\n"
    hint = ""
    for number, line in enumerate(head.split(newline)[:20], start=1):
        line = line.strip("\r\n")
        if match := re.fullmatch(r"(?i)sep=(.)", line):  # a spreadsheet's hint
            hint = match[1]
        elif line.strip(' ",;\t'):
            for delimiter in (hint,) if hint else DELIMITERS:
                layout = _layout(delimiter, newline, next(csv.reader([line], delimiter=delimiter)), number)
                if {"subject", "start_date"} <= set(layout.columns):
                    return layout
            return None
    return None


def _layout(delimiter: str, newline: str, header: Sequence[str], lines: int) -> Layout:
    columns: list[str] = []
    language: Language = "en"
    for name in header:
        plain = _plain(name)
        column = next((column for column in _COLUMNS.get(plain, ()) if column not in columns), "")
        columns.append(column)
        if column == "subject":
            language = _LANGUAGES.get(plain, "en")
    underscored = any(name.strip().lower() == "start_date" for name in header)
    return Layout(delimiter, newline, tuple(header), tuple(columns), language, underscored, lines)
