import ArgumentParser

struct LinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "veth pairs: make, set, show, find the peer of, delete.",
        discussion:
            "An interface is written IF or IF@NETNS, NETNS being a name under /run/netns, else a process id, or a path; IF any of its names.",
        subcommands: [LinkAdd.self, LinkSet.self, LinkShow.self, LinkPeerCommand.self, LinkDelete.self], defaultSubcommand: LinkShow.self)
}
