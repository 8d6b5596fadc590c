/// Who may do what: one table for every service, asked on every call. What is not in it is denied.
///
/// The table decides by method. What depends on the object (a requester sees their own tickets and public messages only) the owner
/// of the object decides on top.
public enum AccessPolicy {
    /// Whether `caller` may call `method`, a full name as "firstline.v1.Intake/CreateTicket".
    public static func allows(_ caller: Caller, _ method: String) -> Bool {
        guard let access = methods[method] else { return false }
        if access.isOpen { return true }
        guard permits(caller.scopes, isReading: access.isReading) else { return false }
        if caller.role == .service { return permits(caller.serviceName, access.services) }
        guard let least = access.people else { return caller.role == .admin }
        return rank(caller.role) >= rank(least)
    }

    /// Whether the table knows the method.
    public static func knows(_ method: String) -> Bool { methods[method] != nil }

    /// Whether the table knows that the method has no effect, so that a call may be repeated though it may have been served.
    public static func changesNothing(_ method: String) -> Bool { methods[method]?.isReading ?? false }

    /// The caller that a certificate stands for: `operator` administrates, everything else is a service account.
    public static func account(ofCertificate name: String) -> Caller {
        Caller(role: name == operatorName ? .admin : .service, serviceName: name)
    }

    /// Whether a certificate may speak for others by a signed principal.
    public static func mayCarryPrincipal(_ certificate: String) -> Bool {
        certificate == gatewayName || certificate == operatorName
    }

    /// The certificate of the operator's command.
    public static let operatorName = "operator"
    /// The certificate of the service that signs principals.
    public static let gatewayName = "gateway"
    /// Firstline's own services, by their certificates.
    public static let serviceNames: Set<String> = ["intake", "routing", "sla-timer", "notification", gatewayName]

    /// Limits reading only.
    public static let readScope = "read"
    /// Allows both reading and writing, as having no scope does.
    public static let writeScope = "write"

    private static func permits(_ scopes: [String], isReading: Bool) -> Bool {
        scopes.isEmpty || scopes.contains(writeScope) || isReading && scopes.contains(readScope)
    }

    private static func permits(_ name: String, _ services: MethodAccess.Services) -> Bool {
        switch services {
        case .none: false
        case .named(let names): names.contains(name)
        case .ours: serviceNames.contains(name)
        case .any: !name.isEmpty
        }
    }

    /// Requester < agent < lead < admin; whoever is none of these ranks below them all.
    private static func rank(_ role: Role) -> Int {
        switch role {
        case .requester: 1
        case .agent: 2
        case .lead: 3
        case .admin: 4
        case .service, .unspecified: 0
        }
    }
}

extension Role {
    /// Whether this is someone of the support team.
    public var isStaff: Bool { self == .agent || self == .lead || self == .admin }
}
