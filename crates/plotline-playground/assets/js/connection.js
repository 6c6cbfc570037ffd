// The one WebSocket to the playground: state comes in, actions go out, and it reconnects by itself.

// The first wait before reconnecting and the longest one.
const RECONNECT_MS_MIN = 400;
const RECONNECT_MS_MAX = 5000;
// An action that got no answer by then has failed; the server answers every action at once.
const ACTION_MS_MAX = 15000;

export class Connection extends EventTarget {
  #socket = null;
  #waiting = new Map();
  #lastId = 0;
  #delay = RECONNECT_MS_MIN;
  #persona = null;

  /** Opens the connection, and opens it again whenever it is lost. */
  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = this.#persona ? `?persona=${this.#persona}` : "";
    const socket = new WebSocket(`${scheme}//${location.host}/api/socket${query}`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#delay = RECONNECT_MS_MIN;
    });
    socket.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) {
        return;
      }
      this.#socket = null;
      for (const { fail } of this.#waiting.values()) {
        fail(new Error("The connection to the playground was lost."));
      }
      this.#waiting.clear();
      this.dispatchEvent(new CustomEvent("lost"));
      setTimeout(() => this.open(), this.#delay);
      this.#delay = Math.min(this.#delay * 2, RECONNECT_MS_MAX);
    });
  }

  #receive(frame) {
    if (frame.t === "result") {
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      if (frame.ok) {
        waiting?.done(frame.value);
      } else {
        waiting?.fail(new Error(frame.error));
      }
      return;
    }
    if (frame.t === "snapshot") {
      this.#persona = frame.persona;
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  /** Asks the server to do something. Resolves with its answer, or fails with a sentence for the person. */
  act(type, details = {}, files = []) {
    return files.length > 0 ? this.#upload({ type, ...details }, files) : this.#send({ type, ...details });
  }

  #send(action) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        reject(new Error("Not connected to the playground. Trying again."));
        return;
      }
      this.#lastId += 1;
      const id = this.#lastId;
      const timer = setTimeout(() => settle(reject)(new Error("The playground did not answer in time.")), ACTION_MS_MAX);
      const settle = (finish) => (value) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        finish(value);
      };
      this.#waiting.set(id, { done: settle(resolve), fail: settle(reject) });
      this.#socket.send(JSON.stringify({ id, action }));
    });
  }

  // Files do not fit a JSON frame well, so an action that carries some goes as a form.
  async #upload(action, files) {
    const form = new FormData();
    form.append("persona", this.#persona);
    form.append("action", JSON.stringify(action));
    for (const file of files) {
      form.append("file", file, file.name);
    }
    let answer;
    try {
      const response = await fetch("/api/act", { method: "POST", body: form });
      answer = await response.json();
    } catch {
      throw new Error("The upload failed. Is the playground still running?");
    }
    if (!answer.ok) {
      throw new Error(answer.error);
    }
    return answer.value;
  }
}
