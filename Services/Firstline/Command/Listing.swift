import Model

/// Rows to show, as a table or as JSON with the headings in lower case as names.
struct Listing {
    let headings: [String]
    let rows: [[JSONValue]]

    init(_ headings: [String], _ rows: [[JSONValue]]) {
        self.headings = headings
        self.rows = rows
    }

    func show(json: Bool) {
        if json {
            let items = rows.map { row in
                JSONValue.object(zip(headings, row).map { JSONMember(name: $0.lowercased(), value: $1) })
            }
            Terminal.print(JSONWriter.text(of: ["items": .array(items)]))
        } else {
            Terminal.table(
                headings,
                rows.map { row in
                    row.map { value in
                        value.string ?? JSONWriter.text(of: value)
                    }
                })
        }
    }
}
