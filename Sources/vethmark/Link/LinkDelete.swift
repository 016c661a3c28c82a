import ArgumentParser
import Links
import Plans

struct LinkDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "del", abstract: "Delete an interface; with a veth goes its peer.", aliases: ["delete"])

    @Argument(help: "The interface.", completion: Completion.interface, transform: parsedInterface) var name: InterfaceReference
    @Option(help: "In this namespace: a name, a process id or a path.", completion: Completion.namespace) var netns: String?

    func validate() throws { _ = try name.inside(netns) }

    func run() throws {
        try withLinks {
            let reference = try name.inside(netns)
            let table = try reference.table()
            try table.delete(try table.link(named: reference.name))
        }
    }
}
