/// Who may call one method.
public struct MethodAccess: Sendable, Hashable {
    /// Which certificates may call in their own name, without a principal.
    public enum Services: Sendable, Hashable {
        /// None.
        case none
        /// Those of Firstline's services named here.
        case named(Set<String>)
        /// Every one of Firstline's services.
        case ours
        /// Every certificate of the installation's authority: also other systems.
        case any
    }

    /// The least role of a person (or of the credential made for one) that may call; nil for none.
    public var people: Role?
    public var services: Services
    /// Whether the method needs no rights at all.
    public var isOpen: Bool
    /// Whether it changes nothing, so that a credential limited to reading may call.
    public var isReading: Bool

    public init(people: Role?, services: Services, isOpen: Bool = false, isReading: Bool) {
        self.people = people
        self.services = services
        self.isOpen = isOpen
        self.isReading = isReading
    }

    /// A method that changes nothing.
    static func reads(_ people: Role?, _ services: Services = .none) -> MethodAccess {
        MethodAccess(people: people, services: services, isReading: true)
    }

    /// A method that changes something.
    static func writes(_ people: Role?, _ services: Services = .none) -> MethodAccess {
        MethodAccess(people: people, services: services, isReading: false)
    }

    /// A method for everybody who can reach the port.
    static let open = MethodAccess(people: nil, services: .any, isOpen: true, isReading: true)
}
