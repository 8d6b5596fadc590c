import HTTPTypes

/// The routes of administration.
extension Desk {
    var agentRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/agents", operation: "createAgent", tag: "Agents", summary: "Enter an agent",
                body: .json("NewAgent"), status: .created, content: .json(.named("Agent")), refusals: [.conflict],
                methods: ["firstline.v1.Gateway/CreateUser"], handle: createAgent),
            Route(
                method: .get, pattern: "/agents", operation: "listAgents", tag: "Agents", summary: "List agents",
                parameters: [.limit, .cursor], content: .json(Schemas.page(of: "Agent")),
                methods: ["firstline.v1.Gateway/ListUsers"], handle: listAgents),
            Route(
                method: .get, pattern: "/agents/{id}", operation: "getAgent", tag: "Agents", summary: "Read an agent",
                content: .json(.named("Agent")), refusals: Self.one, methods: ["firstline.v1.Gateway/GetUser"],
                handle: getAgent),
            Route(
                method: .patch, pattern: "/agents/{id}", operation: "updateAgent", tag: "Agents",
                summary: "Change an agent, or one's own presence and signature", body: .json("AgentPatch"),
                content: .json(.named("Agent")), refusals: [.notFound, .conflict],
                methods: ["firstline.v1.Gateway/GetUser"], handle: updateAgent),
            Route(
                method: .delete, pattern: "/agents/{id}", operation: "deactivateAgent", tag: "Agents",
                summary: "Deactivate an agent", status: .noContent, refusals: [.notFound, .conflict],
                methods: ["firstline.v1.Gateway/UpdateUser"], handle: deactivateAgent),
        ]
    }

    var teamRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/teams", operation: "createTeam", tag: "Teams", summary: "Enter a team",
                body: .json("NewTeam"), status: .created, content: .json(.named("Team")), refusals: [.conflict],
                handle: createTeam),
            Route(
                method: .get, pattern: "/teams", operation: "listTeams", tag: "Teams", summary: "List teams",
                parameters: [.limit, .cursor], content: .json(Schemas.page(of: "Team")), handle: listTeams),
            Route(
                method: .get, pattern: "/teams/{id}", operation: "getTeam", tag: "Teams", summary: "Read a team",
                content: .json(.named("Team")), refusals: Self.one, handle: getTeam),
            Route(
                method: .patch, pattern: "/teams/{id}", operation: "updateTeam", tag: "Teams", summary: "Rename a team",
                body: .json("TeamPatch"), content: .json(.named("Team")), refusals: [.notFound, .conflict],
                handle: updateTeam),
        ]
    }

    var mailboxRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/mailboxes", operation: "createMailbox", tag: "Teams",
                summary: "Enter an address that takes mail", body: .json("NewMailbox"), status: .created,
                content: .json(.named("Mailbox")), refusals: [.conflict], handle: createMailbox),
            Route(
                method: .get, pattern: "/mailboxes", operation: "listMailboxes", tag: "Teams",
                summary: "List the addresses that take mail", parameters: [.limit, .cursor],
                content: .json(Schemas.page(of: "Mailbox")),
                handle: listMailboxes),
            Route(
                method: .get, pattern: "/mailboxes/{id}", operation: "getMailbox", tag: "Teams",
                summary: "Read a mailbox, and how fetching its mail by IMAP goes", content: .json(.named("Mailbox")),
                refusals: Self.one, handle: getMailbox),
            Route(
                method: .patch, pattern: "/mailboxes/{id}", operation: "updateMailbox", tag: "Teams",
                summary: "Change a mailbox, or where its mail is fetched", body: .json("MailboxPatch"),
                content: .json(.named("Mailbox")), refusals: [.notFound, .conflict], handle: updateMailbox),
            Route(
                method: .delete, pattern: "/mailboxes/{id}", operation: "deleteMailbox", tag: "Teams",
                summary:
                    "Close a mailbox: its address is free, its mail goes to the default one, its tickets stay under its name",
                status: .noContent, refusals: [.notFound, .conflict], handle: deleteMailbox),
        ]
    }

    var calendarRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/calendars", operation: "createCalendar", tag: "Promises",
                summary: "Enter a calendar of business hours", body: .json("NewCalendar"), status: .created,
                content: .json(.named("Calendar")), refusals: [.conflict], handle: createCalendar),
            Route(
                method: .get, pattern: "/calendars", operation: "listCalendars", tag: "Promises",
                summary: "List calendars", parameters: [.limit, .cursor], content: .json(Schemas.page(of: "Calendar")),
                handle: listCalendars),
            Route(
                method: .post, pattern: "/calendars/preview", operation: "previewCalendar", tag: "Promises",
                summary: "Count business time", body: .json("CalendarPreview"),
                content: .json(.named("CalendarPreviewed")), refusals: Self.one, handle: previewCalendar),
            Route(
                method: .get, pattern: "/calendars/{id}", operation: "getCalendar", tag: "Promises",
                summary: "Read a calendar", content: .json(.named("Calendar")), refusals: Self.one,
                handle: getCalendar),
            Route(
                method: .patch, pattern: "/calendars/{id}", operation: "updateCalendar", tag: "Promises",
                summary: "Change a calendar", body: .json("CalendarPatch"), content: .json(.named("Calendar")),
                refusals: [.notFound, .conflict, .preconditionFailed], handle: updateCalendar),
            Route(
                method: .delete, pattern: "/calendars/{id}", operation: "deleteCalendar", tag: "Promises",
                summary: "Remove a calendar that no policy uses", status: .noContent,
                refusals: [.notFound, .conflict], handle: deleteCalendar),
        ]
    }

    var policyRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/sla_policies", operation: "createSLAPolicy", tag: "Promises",
                summary: "Enter a policy", body: .json("NewSLAPolicy"), status: .created,
                content: .json(.named("SLAPolicy")), refusals: [.conflict], handle: createPolicy),
            Route(
                method: .get, pattern: "/sla_policies", operation: "listSLAPolicies", tag: "Promises",
                summary: "List policies in the order in which they count", parameters: [.limit, .cursor],
                content: .json(Schemas.page(of: "SLAPolicy")), handle: listPolicies),
            Route(
                method: .get, pattern: "/sla_policies/{id}", operation: "getSLAPolicy", tag: "Promises",
                summary: "Read a policy", content: .json(.named("SLAPolicy")), refusals: Self.one, handle: getPolicy),
            Route(
                method: .patch, pattern: "/sla_policies/{id}", operation: "updateSLAPolicy", tag: "Promises",
                summary: "Change a policy", body: .json("SLAPolicyPatch"), content: .json(.named("SLAPolicy")),
                refusals: [.notFound, .conflict, .preconditionFailed], handle: updatePolicy),
            Route(
                method: .delete, pattern: "/sla_policies/{id}", operation: "deleteSLAPolicy", tag: "Promises",
                summary: "Remove a policy", status: .noContent, refusals: [.notFound, .conflict],
                handle: deletePolicy),
        ]
    }

    var deliveryRoutes: [Route] {
        [
            Route(
                method: .get, pattern: "/deliveries", operation: "listDeliveries", tag: "Deliveries",
                summary: "List what was sent, what waits and what failed, newest first",
                parameters: [
                    Parameter("ticket_id", .id), Parameter("state", .choice(Names.deliveryFilters)), .limit, .cursor,
                ], content: .json(Schemas.page(of: "Delivery")), handle: listDeliveries),
            Route(
                method: .get, pattern: "/deliveries/{id}", operation: "getDelivery", tag: "Deliveries",
                summary: "Read a delivery", content: .json(.named("Delivery")), refusals: Self.one,
                handle: getDelivery),
            Route(
                method: .post, pattern: "/deliveries/{id}/retry", operation: "retryDelivery", tag: "Deliveries",
                summary: "Send again now; lifts the suppression of its address", content: .json(.named("Delivery")),
                refusals: [.notFound, .conflict], handle: retryDelivery),
            Route(
                method: .get, pattern: "/suppressions", operation: "listSuppressions", tag: "Deliveries",
                summary: "List the addresses that do not exist, to which nothing is sent, newest first",
                parameters: [Parameter("address", .text(320, minimum: 1)), .limit, .cursor],
                content: .json(Schemas.page(of: "Suppression")), handle: listSuppressions),
            Route(
                method: .delete, pattern: "/suppressions/{id}", operation: "removeSuppression", tag: "Deliveries",
                summary: "Let mail go to an address again", status: .noContent, refusals: Self.one,
                handle: removeSuppression),
        ]
    }

    var tokenRoutes: [Route] {
        [
            Route(
                method: .post, pattern: "/tokens", operation: "createToken", tag: "Tokens", summary: "Make a token",
                body: .json("NewToken"), status: .created, content: .json(.named("CreatedToken")),
                methods: ["firstline.v1.Gateway/CreateToken"], remembersAnswer: false, handle: createToken),
            Route(
                method: .get, pattern: "/tokens", operation: "listTokens", tag: "Tokens", summary: "List tokens",
                parameters: [.limit, .cursor], content: .json(Schemas.page(of: "Token")),
                methods: ["firstline.v1.Gateway/ListTokens"], handle: listTokens),
            Route(
                method: .get, pattern: "/tokens/{id}", operation: "getToken", tag: "Tokens", summary: "Read a token",
                content: .json(.named("Token")), refusals: Self.one, methods: ["firstline.v1.Gateway/ListTokens"],
                handle: getToken),
            Route(
                method: .delete, pattern: "/tokens/{id}", operation: "revokeToken", tag: "Tokens",
                summary: "Revoke a token", status: .noContent, refusals: Self.one,
                methods: ["firstline.v1.Gateway/RevokeToken"], handle: revokeToken),
        ]
    }

    var callerRoutes: [Route] {
        [
            Route(
                method: .get, pattern: "/me", operation: "getMe", tag: "Live", summary: "Read who you are",
                content: .json(.named("Me")), handle: me),
            Route(
                method: .get, pattern: "/events", operation: "streamEvents", tag: "Live",
                summary: "Follow live changes (server-sent events)",
                parameters: [
                    Parameter("ticket_id", .id, "Of this ticket alone."),
                    Parameter(
                        "after", .integer(0...9_007_199_254_740_991),
                        "Begin after this event, where the header Last-Event-ID cannot be sent."),
                ], content: .eventStream, handle: streamEvents),
        ]
    }
}
