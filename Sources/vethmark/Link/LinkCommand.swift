import ArgumentParser

struct LinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "veth pairs: make, set, show, find the peer of, delete.",
        discussion: "An interface is written IF or IF@NETNS, NETNS being a name under /run/netns, a process id or a path.",
        subcommands: [LinkAdd.self, LinkSet.self, LinkShow.self, LinkPeerCommand.self, LinkDelete.self], defaultSubcommand: LinkShow.self)
}
