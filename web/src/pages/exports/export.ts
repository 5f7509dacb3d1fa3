// An export as the service shows it, and the calls that are made about one. The document that is edited is the document
// that is sent: what a page does not know stays in it.
import { call } from "../../shell/api";

export type State = "new" | "pending" | "processing" | "failed" | "done";
export type ObjectType = "slot" | "timeslot";
export type Packer = "zip" | "zip_10mb" | "zip_2gb" | "tar" | "tar_gz" | "tar_bz2";

export interface Csv {
  delimiter: string;
  quote: string;
  escape: string;
  use_bom: boolean;
  empty_columns: boolean;
}

/** `export`: what is exported and how. */
export interface Definition {
  _id?: number;
  _version?: number;
  type: "export" | "export_incremental" | "download";
  name: string | null;
  objecttype: ObjectType;
  convention?: string;
  search: unknown;
  json: boolean;
  xml: boolean;
  ical: boolean;
  csv: Csv | false;
  json_one_file_per_object: boolean;
  xml_one_file_per_object: boolean;
  ical_one_file_per_object: boolean;
  fields: Record<string, { display_name: string }>;
  flat: boolean;
  batch_size: number | string | null;
  filename_template: string | null;
  serve_last_done: boolean;
  keep_days: number | string | null;
  notify: boolean;
}

/** One of `_schedules`. What was typed and is no number stays text, for the service to refuse by its path. */
export interface Schedule {
  weekdays: string[];
  days_of_month: (number | string)[];
  hours: (number | string)[];
  minutes: (number | string)[];
  timezone: string;
}

export interface Transport {
  type: string;
  packer: Packer;
  options: Record<string, unknown>;
}

/** What is sent to define or change an export. */
export interface Draft {
  export: Definition;
  _schedules: Schedule[];
  _transports: Transport[];
}

/** An export as lists show it. */
export interface Overview {
  _date_created: string;
  _state: State;
  _progress: { done: number; total: number };
  _next_run: string | null;
  export: Definition & { _id: number; _version: number; name: string };
}

/** An archive; `url` is passkey and file name. */
export interface Link {
  url: string;
  size: number;
}

export interface Event {
  event: { _id: string; timestamp: string; type: string; info: Record<string, unknown> };
}

export interface File {
  path: string;
  size: number;
  /** Absent in the listing of a folder. */
  sha256?: string;
}

/** Everything of an export. */
export interface Export extends Overview {
  _schedules: Schedule[];
  _transports: (Transport & { _state: State; _download: { _files: Link[] } })[];
  _log: Event[];
  _files: File[];
  _files_total: number;
  _downloads: { _files: Link[] };
}

interface Page<T> {
  offset: number;
  count: number;
  objects: T[];
}

const address = (id: number | string, rest = "") => `api/v1/export/${encodeURIComponent(id)}${rest}`;

/** Give a page of the exports that fulfil a filter, newest first. */
export function list(filter: string, limit: number, offset: number, signal?: AbortSignal): Promise<Page<Overview>> {
  return call("GET", "api/v1/export", { query: { filter, limit, offset }, signal });
}

export function read(id: number | string, signal?: AbortSignal): Promise<Export> {
  return call("GET", address(id), { signal });
}

/** Define a new export, or change the one of that id. */
export function save(id: number | string | null, draft: Draft): Promise<Export> {
  return id === null ? call("PUT", "api/v1/export", { json: draft }) : call("POST", address(id), { json: draft });
}

export function start(id: number | string): Promise<Export> {
  return call("POST", address(id, "/start"));
}

export function stop(id: number | string): Promise<Export> {
  return call("POST", address(id, "/stop"));
}

export function renewPasskey(id: number | string): Promise<Export> {
  return call("POST", address(id, "/passkey"));
}

export function remove(id: number | string): Promise<unknown> {
  return call("DELETE", address(id));
}

/** Give a page of all files, in path order. */
export function files(id: number, limit: number, offset: number, signal?: AbortSignal): Promise<Page<File>> {
  return call("GET", address(id, "/files"), { query: { limit, offset }, signal });
}

/** Give a page of what lies in a folder, however deep; how many there are is not known beforehand. */
export async function folder(id: number, path: string, limit: number, offset: number, signal?: AbortSignal): Promise<{ files: File[]; more: boolean }> {
  return call("GET", address(id, `/file/${pathParts(path)}`), { query: { limit, offset }, signal });
}

/** Where a file can be fetched, or the ZIP of a folder (`""`: of everything); a token is needed. */
export const fileAddress = (id: number, path: string) => address(id, `/file/${pathParts(path)}`);
export const zipAddress = (id: number, path: string) => address(id, path ? `/zip/${pathParts(path)}` : "/zip");
/** Where an archive can be fetched by whoever has its address. */
export const linkAddress = (id: number, link: string) => address(id, `/download/${link}`);

const pathParts = (path: string) => path.split("/").map(encodeURIComponent).join("/");

export const running = (state: State) => state === "pending" || state === "processing";

/** A definition to begin with. */
export function blank(): Draft {
  return {
    export: {
      type: "export",
      name: "",
      objecttype: "slot",
      search: {},
      json: true,
      xml: false,
      ical: false,
      csv: false,
      json_one_file_per_object: false,
      xml_one_file_per_object: false,
      ical_one_file_per_object: false,
      fields: {},
      flat: false,
      batch_size: null,
      filename_template: null,
      serve_last_done: false,
      keep_days: null,
      notify: false,
    },
    _schedules: [],
    _transports: [],
  };
}

/** The name that the service gives an export that was given none. */
export const ownName = ({ type, _id }: Definition) => `slots-${type}-${_id ?? "…"}`;

/** What of an export is defined, and so can be edited and sent back. */
export function draftOf(shown: Export): Draft {
  const { name, ...own } = shown.export;
  return {
    export: { ...own, name: name === ownName(shown.export) ? "" : name },
    _schedules: shown._schedules,
    _transports: shown._transports.map(({ type, packer, options }) => ({ type, packer, options })),
  };
}
