// The page's one connection, in a module of its own so that every part can act through it.

import { Connection } from "./connection.js";

export const connection = new Connection();
