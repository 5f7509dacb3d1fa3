"""The run of an export job, in steps that can each be killed and run again.

`preparation` cuts the objects into shards; each shard's task (`shards`) writes the files that lie within it and deflates
everything once; `assembly` joins what spans shards, makes the zip of everything and the list of files; `packing` makes every
other archive out of that zip; `ExportRun` is what the tasks call.
"""

from chalicelib.services.export_run.archiver import ExportArchiver
from chalicelib.services.export_run.run import ExportRun

__all__ = ["ExportArchiver", "ExportRun"]
