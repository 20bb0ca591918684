/** Path helpers under their standard names, over `node:path`. */
export { basename, dirname, extname, join, relative, resolve } from "node:path";
export { fileURLToPath as fromFileUrl, pathToFileURL as toFileUrl } from "node:url";
