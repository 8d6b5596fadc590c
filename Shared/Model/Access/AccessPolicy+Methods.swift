extension AccessPolicy {
    /// Every method of every service.
    public static let methods: [String: MethodAccess] = {
        let services: [(String, [String: MethodAccess])] = [
            ("firstline.v1.Intake", intake), ("firstline.v1.Routing", routing), ("firstline.v1.SLATimer", slaTimer),
            ("firstline.v1.Notification", notification), ("firstline.v1.Gateway", gateway),
            ("firstline.v1.Journal", journal), ("firstline.v1.Backup", backup),
            ("firstline.v1.Health", ["Check": .open]), ("firstline.v1.Reflection", ["Describe": .open]),
            ("grpc.health.v1.Health", ["Check": .open, "Watch": .open]),
            ("grpc.reflection.v1.ServerReflection", ["ServerReflectionInfo": .open]),
            ("grpc.reflection.v1alpha.ServerReflection", ["ServerReflectionInfo": .open]),
        ]
        var methods: [String: MethodAccess] = [:]
        for (service, table) in services {
            for (method, access) in table { methods["\(service)/\(method)"] = access }
        }
        return methods
    }()

    /// A requester's part of these is their own tickets, messages and attachments; Intake sees to it. Other systems (certificates that
    /// are none of ours) may open tickets, write messages and read.
    private static let intake: [String: MethodAccess] = [
        "CreateTicket": .writes(.requester, .any),
        "GetTicket": .reads(.requester, .any),
        "ListTickets": .reads(.requester, .any),
        "UpdateTicket": .writes(.agent),
        "MergeTicket": .writes(.agent),
        // Participants' addresses are the staff's to know.
        "ListParticipants": .reads(.agent, .ours),
        "AddParticipant": .writes(.agent),
        "RemoveParticipant": .writes(.agent),
        "AddMessage": .writes(.requester, .any),
        "GetMessage": .reads(.requester, .any),
        "ListMessages": .reads(.requester, .any),
        "ListHistory": .reads(.agent, .any),
        "Search": .reads(.requester, .any),
        "CreateRequester": .writes(.agent),
        "GetRequester": .reads(.requester, .any),
        "ListRequesters": .reads(.agent, .any),
        "UpdateRequester": .writes(.agent),
        "CreateOrganization": .writes(.agent),
        "GetOrganization": .reads(.agent, .any),
        "ListOrganizations": .reads(.agent, .any),
        "UpdateOrganization": .writes(.agent),
        "CreateMailbox": .writes(.admin),
        "ListMailboxes": .reads(.agent, .any),
        "GetMailbox": .reads(.agent, .any),
        "UpdateMailbox": .writes(.admin),
        "CreateBlockedSender": .writes(.lead),
        "ListBlockedSenders": .reads(.lead),
        "DeleteBlockedSender": .writes(.lead),
        "ListSuspendedMails": .reads(.lead),
        "DownloadSuspendedMail": .reads(.lead),
        "DeleteMailbox": .writes(.admin),
        "BeginUpload": .writes(.requester, .any),
        "AppendUpload": .writes(.requester, .any),
        "FinishAttachment": .writes(.requester, .any),
        "GetAttachment": .reads(.requester, .any),
        "DownloadAttachment": .reads(.requester, .any),
        "DownloadSource": .reads(.agent),
        // Whoever delivers mail says who wrote it: the operator's command, a mail server's certificate, staff by the API.
        "AcceptMail": .writes(.agent, .any),
        "GetMailContext": .reads(.admin, .named(["notification"])),
    ]

    private static let routing: [String: MethodAccess] = [
        "CreateTeam": .writes(.lead),
        "GetTeam": .reads(.agent, .any),
        "ListTeams": .reads(.agent, .any),
        "UpdateTeam": .writes(.lead),
        "PutAgent": .writes(.lead, .named([gatewayName])),
        "GetAgent": .reads(.agent, .any),
        "ListAgents": .reads(.agent, .any),
        // An agent's own; a lead's of everyone. Routing sees to it.
        "SetPresence": .writes(.agent, .named([gatewayName])),
        "Explain": .reads(.agent, .any),
        "GetQueue": .reads(.agent, .any),
    ]

    private static let slaTimer: [String: MethodAccess] = [
        "CreateCalendar": .writes(.lead),
        "GetCalendar": .reads(.agent, .any),
        "ListCalendars": .reads(.agent, .any),
        "UpdateCalendar": .writes(.lead),
        "DeleteCalendar": .writes(.lead),
        "PreviewCalendar": .reads(.agent, .any),
        "CreatePolicy": .writes(.lead),
        "GetPolicy": .reads(.agent, .any),
        "ListPolicies": .reads(.agent, .any),
        "UpdatePolicy": .writes(.lead),
        "DeletePolicy": .writes(.lead),
        "GetTicketTimers": .reads(.agent, .any),
        "ListDeadlines": .reads(.agent, .any),
    ]

    private static let notification: [String: MethodAccess] = [
        "ListDeliveries": .reads(.agent, .ours),
        "GetDelivery": .reads(.agent, .ours),
        "RetryDelivery": .writes(.agent),
        // For whoever has the token: the gateway's page asks in its own name.
        "GetSurvey": .reads(.admin, .named([gatewayName])),
        "AnswerSurvey": .writes(.admin, .named([gatewayName])),
        "ListSuppressions": .reads(.agent, .ours),
        "RemoveSuppression": .writes(.agent),
        "ListTemplates": .reads(.agent, .ours),
        "GetTemplate": .reads(.agent, .ours),
        "CreateTemplate": .writes(.lead),
        "UpdateTemplate": .writes(.lead),
        "DeleteTemplate": .writes(.lead),
        "PreviewTemplate": .reads(.agent, .ours),
    ]

    private static let gateway: [String: MethodAccess] = [
        "CreateUser": .writes(.admin),
        "GetUser": .reads(.agent, .ours),
        "ListUsers": .reads(.agent, .ours),
        "UpdateUser": .writes(.admin),
        "CreateToken": .writes(.admin),
        "ListTokens": .reads(.admin),
        "RevokeToken": .writes(.admin),
        "CreateSignInLink": .writes(.admin),
    ]

    private static let journal: [String: MethodAccess] = [
        "Follow": .reads(.admin, .ours),
        "Head": .reads(.admin, .ours),
    ]

    /// A backup holds everything that a service knows.
    private static let backup: [String: MethodAccess] = [
        "Take": .writes(.admin),
        "Thaw": .writes(.admin),
    ]
}
