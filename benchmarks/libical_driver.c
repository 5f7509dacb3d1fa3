/* Reads or writes a calendar with libical and prints the CPU seconds that takes; see benchmarks/ical.py.
 *
 *   libical_driver read FILE.ics     parse, and look at the properties that a slot has
 *   libical_driver write FILE.tsv    build events from uid, stamp, start, end and title, and give them as text
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static char *content(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) exit(1);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (fread(text, 1, size, file) != (size_t)size) exit(1);
    text[size] = 0;
    fclose(file);
    return text;
}

static long read_calendar(const char *text)
{
    icalcomponent *calendar = icalparser_parse_string(text);
    long seen = 0;
    for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        const char *uid = icalcomponent_get_uid(event);
        const char *title = icalcomponent_get_summary(event);
        struct icaltimetype start = icalcomponent_get_dtstart(event);
        struct icaltimetype end = icalcomponent_get_dtend(event);
        seen += (uid && title && start.year && end.year) ? 1 : 0;
    }
    icalcomponent_free(calendar);
    return seen;
}

static long write_calendar(char **fields, long count)
{
    icalcomponent *calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
                                                  icalproperty_new_prodid("-//Slotport//EN"), (void *)0);
    for (long at = 0; at < count; at++) {
        char **field = fields + 5 * at;
        icalcomponent_add_component(
            calendar,
            icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_dtstamp(icaltime_from_string(field[1])),
                                icalproperty_new_uid(field[0]), icalproperty_new_dtstart(icaltime_from_string(field[2])),
                                icalproperty_new_dtend(icaltime_from_string(field[3])),
                                icalproperty_new_class(ICAL_CLASS_PUBLIC), icalproperty_new_description(""),
                                icalproperty_new_summary(field[4]), (void *)0));
    }
    char *text = icalcomponent_as_ical_string_r(calendar);
    long size = strlen(text);
    free(text);
    icalcomponent_free(calendar);
    return size;
}

int main(int count, char **words)
{
    if (count != 3) return 2;
    char *text = content(words[2]);
    double started;
    long result;
    if (!strcmp(words[1], "read")) {
        started = now();
        result = read_calendar(text);
    } else {
        long lines = 0;
        for (char *at = text; *at; at++) lines += *at == '\n';
        char **fields = malloc(lines * 5 * sizeof(char *));
        long field = 0;
        for (char *word = strtok(text, "\t\n"); word && field < lines * 5; word = strtok(NULL, "\t\n")) fields[field++] = word;
        started = now();
        result = write_calendar(fields, lines);
    }
    printf("%.6f %ld\n", now() - started, result);
    return 0;
}
