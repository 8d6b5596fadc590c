import ArgumentParser
import FirstlineCommand

/// The process `firstline`.
@main
struct Main {
    static func main() async {
        await Firstline.main()
    }
}
