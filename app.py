"""The entry point that Chalice deploys: puts the interfaces and tasks together. No logic."""

from chalicelib.api.conventions.routes import blueprint as conventions
from chalicelib.api.description.routes import blueprint as description
from chalicelib.api.exports.routes import blueprint as exports
from chalicelib.api.http import App
from chalicelib.api.site.routes import blueprint as site
from chalicelib.api.slots.feeds import blueprint as feeds
from chalicelib.api.slots.routes import blueprint as slots
from chalicelib.logs import configure_logging
from chalicelib.settings import settings
from chalicelib.tasks.export_job import blueprint as export_job_tasks
from chalicelib.tasks.slot_import import blueprint as slot_import_tasks
from chalicelib.tasks.tick import blueprint as tick_tasks

app = App(app_name="slotport")
app.api.binary_types = ["*/*"]
configure_logging(settings().log_level)

app.register_blueprint(site)
app.register_blueprint(description)
app.register_blueprint(slots)
app.register_blueprint(conventions)
app.register_blueprint(exports)
app.register_blueprint(feeds)
app.register_blueprint(slot_import_tasks)
app.register_blueprint(export_job_tasks)
app.register_blueprint(tick_tasks)
