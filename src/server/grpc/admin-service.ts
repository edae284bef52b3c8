/** `claviger.admin.v1.AdminService`: what operators ask of one replica. */
import { cellStatusToWire, reportToWire } from "../../wire/admin-messages.ts"
import type { AdminServiceHandlers } from "../../wire/messages.ts"
import type { Cell } from "../cell.ts"
import type { CellPicture } from "../cell-picture.ts"

export function adminHandlers(cell: Pick<Cell, "status" | "handOver">, picture: CellPicture): AdminServiceHandlers {
  return {
    GetStatus: (_call, respond) => {
      respond(null, reportToWire(picture.report()))
    },
    GetCellStatus: (_call, respond) => {
      void picture.take().then((status) => {
        respond(null, cellStatusToWire(status))
      })
    },
    StepDown: (_call, respond) => {
      const wasMaster = cell.status().role === "master"
      if (wasMaster) cell.handOver()
      respond(null, { wasMaster })
    },
  }
}
