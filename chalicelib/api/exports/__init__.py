"""The interface of export jobs (easydb export API): `/api/v1/session` and `/api/v1/export`."""
