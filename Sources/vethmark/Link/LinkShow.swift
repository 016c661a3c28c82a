import ArgumentParser
import Kernel
import Links
import Plans
import Reports

struct LinkShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Interfaces and who is paired with whom, across namespaces.", aliases: ["list", "ls"])

    @Argument(help: "One interface; all if left out.", completion: Completion.interface, transform: parsedInterface) var name:
        InterfaceReference?
    @Option(help: "In this namespace: a name, a process id or a path.", completion: Completion.namespace) var netns: String?
    @Flag(name: .shortAndLong, help: "All that is known: limits, channels, queues, features, statistics.") var details = false
    @Flag(help: "All namespaces that can be seen, as a tree: namespace, link, peer.") var tree = false
    @Flag(
        name: [.customShort("J"), .long],
        help: "As JSON: the keys of `ip -d -j link show`, and peer, channels, features, statistics and queues besides.")
    var json = false

    func validate() throws {
        if tree && (json || details || name != nil || netns != nil) {
            throw ValidationError("--tree shows all namespaces and takes no other option; leave out one or the other")
        }
        _ = try name?.inside(netns)
    }

    func run() throws {
        let style = TextStyle(isTerminal: ProcessFacts.isTerminal(1))
        if tree { return try Terminal.print(LinkTreeReport.text(LinkSurvey.take(), style: style), terminator: "") }
        let links = try withLinks {
            let table = try (name?.inside(netns) ?? InterfaceReference(name: "all", namespace: netns)).table()
            var links = try table.descriptions()
            if let name {
                // Asks for it by name, for the error's sake.
                let index = try table.link(named: name.name).index
                links = links.filter { $0.index == index }
            }
            return json || details ? table.detailed(links) : links
        }
        if json { return try Terminal.print(JSONReport.text(links), terminator: "") }
        try Terminal.print(details ? LinkDetailReport.text(links, style: style) : LinkReport.text(links, style: style), terminator: "")
    }
}
