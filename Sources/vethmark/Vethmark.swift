import ArgumentParser

@main
struct Vethmark: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "vethmark")
}
