import Model

/// The believable company of `--demo`: a maker of bicycles with customers in several countries.
enum DemoCompany {
    struct DemoAgent: Sendable {
        var name: String
        var email: String
        var role: Role
        var language: String
        var tier: Int32
        var teams: [String]
        var presence: Presence
    }

    struct DemoTicket: Sendable {
        var name: String
        var email: String
        var subject: String
        var body: String
        var priority: Priority = .normal
        var type: TicketType = .question
        var tags: [String] = []
        var team = "Service desk"
        var channel: TicketChannel = .web
        var note: String?
    }

    static let teams = ["Service desk", "Workshop", "Billing"]

    static let agents = [
        DemoAgent(
            name: "Maria Kowalska", email: "maria@velo.example", role: .lead, language: "pl", tier: 3,
            teams: ["Service desk", "Billing"], presence: .online),
        DemoAgent(
            name: "Nikos Papadakis", email: "nikos@velo.example", role: .agent, language: "el", tier: 1,
            teams: ["Service desk"], presence: .online),
        DemoAgent(
            name: "Ольга Смирнова", email: "olga@velo.example", role: .agent, language: "ru", tier: 2,
            teams: ["Service desk", "Workshop"], presence: .online),
        DemoAgent(
            name: "Tom Baker", email: "tom@velo.example", role: .agent, language: "en", tier: 1,
            teams: ["Workshop"], presence: .away),
    ]

    static let tickets = [
        DemoTicket(
            name: "Anna Nowak", email: "anna.nowak@sklep.example", subject: "Hamulce piszczą po wymianie klocków",
            body:
                "Dzień dobry,\n\npo wymianie klocków hamulce piszczą przy każdym hamowaniu. Czy to normalne?\n\nAnna Nowak",
            type: .problem, tags: ["brakes"], team: "Workshop"),
        DemoTicket(
            name: "John Miller", email: "john@riders.example", subject: "Order 48213 arrived without pedals",
            body:
                "Hi,\n\nthe bike arrived today, but there are no pedals in the box. I wanted to ride it on Saturday.\n\nJohn",
            priority: .high, type: .incident, tags: ["delivery", "vip"], channel: .email,
            note: "The warehouse confirms: pedals were out of stock, a parcel goes out tonight."),
        DemoTicket(
            name: "Елена Иванова", email: "elena@magazin.example", subject: "Не приходит счёт за обслуживание",
            body: "Здравствуйте!\n\nМы оплатили обслуживание в октябре, но счёт так и не пришёл.\n\nЕлена",
            tags: ["invoice"], team: "Billing"),
        DemoTicket(
            name: "Γιώργος Νικολάου", email: "giorgos@podilata.example", subject: "Η μπαταρία δεν φορτίζει",
            body: "Καλησπέρα,\n\nη μπαταρία του ηλεκτρικού ποδηλάτου δεν φορτίζει πάνω από 40 %.\n\nΓιώργος",
            priority: .urgent, type: .incident, tags: ["battery"], team: "Workshop"),
        DemoTicket(
            name: "Claire Dubois", email: "claire@cycles.example", subject: "Which frame size for 172 cm?",
            body: "Hello, I am 172 cm tall. Should I take frame size M or L of the City 3?", priority: .low,
            channel: .chat),
        DemoTicket(
            name: "John Miller", email: "john@riders.example", subject: "Invoice address is wrong",
            body: "Please put our company's name on the invoice of order 48213.", tags: ["invoice"], team: "Billing",
            channel: .phone),
    ]
}
