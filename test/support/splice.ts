import type { Socket } from "node:net";

/** Passes bytes on between two sockets, both ways, until either closes. @param open holds both while they are. */
export function splice(near: Socket, far: Socket, open: Set<Socket>): void {
  near.pipe(far).pipe(near);
  for (const socket of [near, far]) {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      open.delete(socket);
      near.destroy();
      far.destroy();
    });
  }
}
