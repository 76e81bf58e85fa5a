import { rename, rm } from "node:fs/promises";
import type { TableFiles } from "../../ports/table-files.ts";

/** Tables as Parquet on this machine's disk. */
export const parquetTableFiles: TableFiles = {
  async writeParquet(path, { columns }) {
    const { parquetWriteFile } = await import("hyparquet-writer");
    const part = `${path}.part`;
    const columnData = Object.entries(columns).map(([name, values]) => {
      const kind = values.find((value) => value !== null);
      if (typeof kind === "number")
        return { name, data: values.map((value) => value ?? undefined), type: "DOUBLE" as const };
      if (typeof kind === "boolean") return { name, data: [...values], type: "BOOLEAN" as const };
      return {
        name,
        data: values.map((value) => (value === null ? undefined : String(value))),
        type: "STRING" as const,
      };
    });
    try {
      await parquetWriteFile({ filename: part, columnData });
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  },
};
