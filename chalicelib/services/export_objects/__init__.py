"""Where an export takes its objects from, one room per object type."""

from chalicelib.services.export_objects.slots import SlotObjects
from chalicelib.services.export_objects.time_slots import TimeSlotObjects

__all__ = ["SlotObjects", "TimeSlotObjects"]
