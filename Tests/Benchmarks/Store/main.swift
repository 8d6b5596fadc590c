import IntakeServer
import Logging
import Model
import RPC
import ServiceKit
import Store
import Wire

// The store's side of the benchmarks; each command prints one line of JSON.
//   prepare FOLDER                                     makes an Intake store with its requesters
//   write FOLDER COUNT CALLERS                         COUNT transactions of a ticket's rows through the seam
//   journal FOLDER TICKETS                             makes an Intake store whose journal tells the life of so many tickets
//   create HOST:PORT CERT KEY CA COUNT CALLERS         COUNT CreateTicket calls over mutual TLS

let arguments = Array(CommandLine.arguments.dropFirst())

func number(_ place: Int) -> Int64 {
    guard arguments.indices.contains(place), let number = Int64(arguments[place]), number > 0 else {
        fatalError("argument \(place + 1) must be a positive number")
    }
    return number
}

func openStore(_ folder: String) throws -> Store {
    try Store.open(
        StoreConfiguration(folder: folder, service: "intake", migrations: IntakeService.definition.migrations))
}

switch arguments.first {
case "prepare" where arguments.count == 2:
    let store = try openStore(arguments[1])
    try await store.write("prepare") { try TicketRows.prepare($0) }
    await store.close()
case "write" where arguments.count == 4:
    let store = try openStore(arguments[1])
    let report = try await Load(count: number(2), callers: number(3)).run { index in
        let rows = TicketRows(index)
        _ = try await store.write("ticket") { try rows.write($0) }
    }
    let statistics = store.statistics
    await store.close()
    print(report.line([("commits", Double(statistics.commits)), ("largest_batch", Double(statistics.largestBatch))]))
case "journal" where arguments.count == 3:
    let store = try openStore(arguments[1])
    let count = number(2)
    let last = JournalEntries.last(of: count)
    for first in stride(from: 1, through: last, by: 500) {
        try await store.write("journal") { transaction in
            for ticket in first..<min(first + 500, last + 1) {
                try JournalEntries.append(ticket, of: count, transaction)
            }
        }
    }
    let head = await store.head
    await store.close()
    print("{\"entries\": \(head.offset)}")
case "create" where arguments.count == 7:
    guard let address = ServerAddress(arguments[1], service: "intake") else {
        fatalError("no address: \(arguments[1])")
    }
    let tls = TLSConfiguration(certificatePath: arguments[2], keyPath: arguments[3], caPath: arguments[4])
    let client = try RPCClient(address, tls: tls, logger: Logger(label: "benchmark"))
    let intake = IntakeClient(client)
    let report = try await Load(count: number(5), callers: number(6)).run { index in
        var words = Words(index)
        let request = CreateTicketRequest(
            subject: words.text(6), body: words.text(30),
            requester: RequesterReference(email: TicketRows.email(index % TicketRows.requesterCount + 1)),
            priority: .normal, type: .question, tags: [words.text(1) + "1", words.text(1) + "2"])
        let options = CallOptions(metadata: Metadata([(Metadata.idempotencyKey, "key-\(index)")]))
        _ = try await intake.createTicket(request, options)
    }
    client.close()
    print(report.line())
default:
    fatalError("StoreBenchmark prepare|write|journal|create: see the head of main.swift")
}
