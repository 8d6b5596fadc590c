import HTTPTypes
import Model

extension Desk {
    /// Every call of the API.
    var routes: [Route] {
        ticketRoutes + messageRoutes + fileRoutes + requesterRoutes + agentRoutes + teamRoutes + mailboxRoutes
            + calendarRoutes + policyRoutes + deliveryRoutes + templateRoutes + tokenRoutes + callerRoutes
            + takingPartRoutes + blockedSenderRoutes
    }

    /// What a call needs that concerns one object.
    static let one: [HTTPResponse.Status] = [.notFound]

    private var ticketRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/tickets", operation: "createTicket", tag: "Tickets", summary: "Open a ticket",
                body: .json("NewTicket"), status: .created, content: .json(.named("Ticket")), handle: createTicket),
            Route(
                method: .get, pattern: "/tickets", operation: "listTickets", tag: "Tickets", summary: "List tickets",
                parameters: Self.ticketFilters, content: .json(Schemas.page(of: "Ticket")), handle: listTickets),
            Route(
                method: .get, pattern: "/tickets/{id}", operation: "getTicket", tag: "Tickets",
                summary: "Read a ticket",
                content: .json(.named("Ticket")), refusals: Self.one, handle: getTicket),
            Route(
                method: .patch, pattern: "/tickets/{id}", operation: "updateTicket", tag: "Tickets",
                summary: "Change a ticket", body: .json("TicketPatch"), content: .json(.named("Ticket")),
                refusals: Self.one, matches: .wanted, handle: updateTicket),
            Route(
                method: .get, pattern: "/tickets/{id}/history", operation: "listHistory", tag: "Tickets",
                summary: "Read a ticket's history, oldest first", parameters: [.limit, .cursor],
                content: .json(Schemas.page(of: "HistoryEvent")), refusals: Self.one, handle: listHistory),
            Route(
                method: .get, pattern: "/tickets/{id}/sla", operation: "getTicketTimers", tag: "Tickets",
                summary: "Read a ticket's timers, each with its explanation", content: .json(.named("TicketTimers")),
                refusals: Self.one, handle: ticketTimers),
            Route(
                method: .get, pattern: "/tickets/{id}/routing", operation: "explainRouting", tag: "Tickets",
                summary: "Read why a ticket went where it went", content: .json(.named("RoutingExplanation")),
                refusals: Self.one, handle: explainRouting),
            Route(
                method: .get, pattern: "/search", operation: "search", tag: "Tickets", summary: "Search tickets",
                parameters: [
                    Parameter(
                        "q", .text(1_000, minimum: 1),
                        "Words, \"phrases\", -not, status:, tag:, from:, assignee:. Best first."),
                    .limit, .cursor,
                ], content: .json(Schemas.page(of: "FoundTicket")), handle: search),
        ]
    }

    private static let ticketFilters: [Parameter] = [
        Parameter("status", .choice(Names.statuses), "One or several.", isList: true),
        Parameter("priority", .choice(Names.priorities), "One or several.", isList: true),
        Parameter("type", .choice(Names.types)),
        Parameter("assignee_id", .integer(0...9_007_199_254_740_991), "0 asks for those without one."),
        Parameter("team_id", .integer(0...9_007_199_254_740_991), "0 asks for those without one."),
        Parameter("requester_id", .id), Parameter("organization_id", .id), Parameter("tag", .text(100, minimum: 1)),
        Parameter("channel", .choice(Names.channels)), Parameter("created_after", .instant),
        Parameter("created_before", .instant), Parameter("updated_after", .instant),
        Parameter("sort", .choice(Names.sorts), "`created_descending` when left out."), .limit, .cursor,
    ]

    private var messageRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/tickets/{id}/messages", operation: "addMessage", tag: "Messages",
                summary: "Reply, or write a note", body: .json("NewMessage"), status: .created,
                content: .json(.named("Message")), refusals: [.notFound, .preconditionFailed], handle: addMessage),
            Route(
                method: .get, pattern: "/tickets/{id}/messages", operation: "listMessages", tag: "Messages",
                summary: "Read a ticket's thread, oldest first", parameters: [.limit, .cursor],
                content: .json(Schemas.page(of: "Message")), refusals: Self.one, handle: listMessages),
            Route(
                method: .get, pattern: "/tickets/{id}/messages/{message_id}/source", operation: "downloadSource",
                tag: "Messages", summary: "Download the raw mail, byte for byte", content: .bytes, refusals: Self.one,
                methods: ["firstline.v1.Intake/DownloadSource"], handle: downloadSource),
        ]
    }

    private var fileRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/attachments", operation: "uploadAttachment", tag: "Files",
                summary: "Upload a file, to be named in a message",
                parameters: [Parameter("filename", .text(255, minimum: 1))], body: .raw([]), status: .created,
                content: .json(.named("Attachment")), limitBytes: MailSize.largestBytes, handle: uploadAttachment),
            Route(
                method: .get, pattern: "/attachments/{id}", operation: "downloadAttachment", tag: "Files",
                summary: "Download a file", content: .bytes, refusals: Self.one, handle: downloadAttachment),
            Route(
                method: .post, pattern: "/mail", operation: "acceptMail", tag: "Files",
                summary: "Take a mail in, as LMTP does",
                parameters: [
                    Parameter(
                        "recipient", .text(254, minimum: 1), "The mailbox's address; the default mailbox when left out."
                    ),
                    Parameter("envelope_from", .text(254), "The envelope's sender."),
                ], body: .raw(["message/rfc822"]), content: .json(.named("AcceptedMail")),
                limitBytes: MailSize.largestBytes, handle: acceptMail),
        ]
    }

    private var requesterRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/requesters", operation: "createRequester", tag: "People",
                summary: "Enter a requester", body: .json("NewRequester"), status: .created,
                content: .json(.named("Requester")), refusals: [.conflict], handle: createRequester),
            Route(
                method: .get, pattern: "/requesters", operation: "listRequesters", tag: "People",
                summary: "List requesters",
                parameters: [
                    Parameter("q", .text(200), "Part of name or address."), Parameter("organization_id", .id),
                    Parameter("external_id", .text(200, minimum: 1)), .limit, .cursor,
                ], content: .json(Schemas.page(of: "Requester")), handle: listRequesters),
            Route(
                method: .get, pattern: "/requesters/{id}", operation: "getRequester", tag: "People",
                summary: "Read a requester", content: .json(.named("Requester")), refusals: Self.one,
                handle: getRequester),
            Route(
                method: .patch, pattern: "/requesters/{id}", operation: "updateRequester", tag: "People",
                summary: "Change a requester", body: .json("RequesterPatch"), content: .json(.named("Requester")),
                refusals: [.notFound, .conflict], handle: updateRequester),
            Route(
                method: .post, pattern: "/organizations", operation: "createOrganization", tag: "People",
                summary: "Enter an organization", body: .json("NewOrganization"), status: .created,
                content: .json(.named("Organization")), refusals: [.conflict], handle: createOrganization),
            Route(
                method: .get, pattern: "/organizations", operation: "listOrganizations", tag: "People",
                summary: "List organizations",
                parameters: [
                    Parameter("q", .text(200), "Part of the name."), Parameter("external_id", .text(200, minimum: 1)),
                    .limit, .cursor,
                ], content: .json(Schemas.page(of: "Organization")), handle: listOrganizations),
            Route(
                method: .get, pattern: "/organizations/{id}", operation: "getOrganization", tag: "People",
                summary: "Read an organization", content: .json(.named("Organization")), refusals: Self.one,
                handle: getOrganization),
            Route(
                method: .patch, pattern: "/organizations/{id}", operation: "updateOrganization", tag: "People",
                summary: "Change an organization", body: .json("OrganizationPatch"),
                content: .json(.named("Organization")), refusals: [.notFound, .conflict], handle: updateOrganization),
        ]
    }
}
