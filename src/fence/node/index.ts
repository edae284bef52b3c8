/** What a fence that runs in Node may have besides: fast signatures, and marks that outlive the process. */
export { nodeVerify } from "./node-verify.ts"
export { fileMarks, type FileMarksOptions } from "./file-marks.ts"
export type { DurableMarks } from "./durable-marks.ts"
export { MarksUnusableError } from "./mark-file.ts"
export { fenceMiddleware, type FenceMiddleware, type FenceMiddlewareOptions, sequencerOf } from "./middleware.ts"
