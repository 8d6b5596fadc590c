// Announces what others change; it never touches what is being read or written.
const { user, ticket, still, after, liveMessage, liveChanged, liveQueue, show } = document.body.dataset;
const queueKinds = ["ticket.created", "ticket.assigned", "ticket.unassigned", "ticket.status_changed", "message.added", "sla.warned", "sla.breached"];
const ticketKinds = ["message.added", "ticket.assigned", "ticket.unassigned", "ticket.status_changed", "ticket.changed", "sla.warned", "sla.breached"];

export function announceChanges() {
  // A page of settings shows nothing that others change under it.
  if (!user || still !== undefined) return;
  const query = new URLSearchParams({ after });
  if (ticket) query.set("ticket_id", ticket);
  const source = new EventSource(`/api/v1/events?${query}`);
  for (const kind of ticket ? ticketKinds : queueKinds) {
    source.addEventListener(kind, (event) => announce(JSON.parse(event.data)));
  }
  window.addEventListener("pagehide", () => source.close());
}

function announce(event) {
  if (event.actor.kind === "agent" && String(event.actor.id) === user) return;
  const live = document.querySelector("#live");
  const text = !ticket ? liveQueue : event.kind === "message.added" ? liveMessage : liveChanged;
  if (!live.hidden && live.dataset.text === text) return;
  live.dataset.text = text;
  const link = Object.assign(document.createElement("a"), { href: ticket ? `/tickets/${ticket}` : location.href, textContent: show });
  live.replaceChildren(`${text} `, link);
  live.hidden = false;
}
