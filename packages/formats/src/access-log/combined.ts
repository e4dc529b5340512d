/** What a log of the combined format needs, without the readers of all other formats, so that a report on it starts in half the time. */
export { formatTime, parseAnyTime } from "./values/clock.ts";
export { ColumnJudge, type ColumnOrder, judgeColumnOrder, straightenColumns } from "./layout/column-order.ts";
export { clf } from "./formats/clf.ts";
export { judgeNamedDurations } from "./layout/httpd-durations.ts";
export { judgeLayout } from "./layout/layout-columns.ts";
export type { LayoutColumns, LineParser, ParseContext, WholeDurations } from "./line.ts";
export { DurationJudge } from "./layout/whole-durations.ts";
