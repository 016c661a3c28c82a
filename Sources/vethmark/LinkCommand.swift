import ArgumentParser
import Foundation
import Frames
import Kernel
import Links
import Reports
import Trials

struct LinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "veth pairs: make, set, show, find the peer of, delete.",
        discussion: "An interface is written IF or IF@NETNS, NETNS being a name under /run/netns, a process id or a path.",
        subcommands: [LinkAdd.self, LinkSet.self, LinkShow.self, LinkPeer.self, LinkDelete.self], defaultSubcommand: LinkShow.self)
}

/// `IF[@NETNS]` as an argument.
private let interface = text("interface", "IF or IF@NETNS, names of 1 to 15 bytes", InterfaceReference.init)
private let station = text("MAC address", "aa:bb:cc:dd:ee:ff", MACAddress.init)

extension InterfaceReference {
    /// - Throws: `TrialError.noSuchNamespace`.
    fileprivate func open() throws -> NetworkNamespace {
        do throws(SystemError) {
            guard let namespace else { return try NetworkNamespace.current() }
            return try NetworkNamespace.open(namespace)
        } catch {
            throw TrialError.noSuchNamespace(namespace ?? "host", error)
        }
    }

    /// - Throws: `TrialError`.
    fileprivate func table() throws -> LinkTable {
        let namespace = try open()
        do {
            return try LinkTable(in: namespace)
        } catch let error as SystemError {
            throw TrialError.noSuchNamespace(namespace.name, error)
        }
    }
}

/// Runs what talks to links, with their errors in whole sentences.
private func withLinks<Output>(_ body: () throws -> Output) throws -> Output {
    try Exit.failure {
        do {
            return try body()
        } catch let error as LinkError {
            throw TrialError.link(error)
        }
    }
}

struct LinkAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a veth pair: vethmark link add veth0 --peer veth1@blue --up")

    @Argument(help: "The first end.", transform: interface) var name: InterfaceReference
    @Option(help: "The second end; NAMEp in the same namespace if left out.", transform: interface) var peer: InterfaceReference?
    @Option(help: "MTU of both ends.") var mtu: Int?
    @Option(help: "Queues of both ends, in each direction.") var queues: Int?
    @Option(help: "MAC address of the first end.", transform: station) var address: MACAddress?
    @Option(help: "MAC address of the second end.", transform: station) var peerAddress: MACAddress?
    @Flag(help: "Switch both ends on.") var up = false

    func validate() throws {
        if let mtu, !PlanBounds.mtuBytes.contains(mtu) { throw ValidationError("an MTU of \(mtu) is not one; allowed: 68 to 65535") }
        if let queues, !PlanBounds.queues.contains(queues) {
            throw ValidationError("\(queues) queues are not possible; allowed: 1 to 4096")
        }
        guard peer != nil || InterfaceReference(name.name + "p") != nil else {
            throw ValidationError("\(name.name)p is too long for the second end's name; name it with --peer")
        }
    }

    func run() throws {
        try withLinks {
            let second = peer ?? InterfaceReference(name: name.name + "p", namespace: name.namespace)
            func end(_ name: String, _ address: MACAddress?) -> VethEnd {
                VethEnd(name: name, mtuBytes: mtu, transmitQueues: queues, receiveQueues: queues, address: address)
            }
            let near = try name.table()
            let farNamespace = try peer == nil ? near.namespace : second.open()
            try near.makeVethPair(end(name.name, address), end(second.name, peerAddress), in: farNamespace)
            guard up else { return }
            let far = try LinkTable(in: farNamespace)
            for (table, name) in [(near, name.name), (far, second.name)] {
                try table.set(try table.link(named: name).index, LinkChanges(up: true))
            }
        }
    }
}

struct LinkSet: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Change an interface; what isn't named stays as it is.")

    @Argument(help: "The interface.", transform: interface) var name: InterfaceReference
    @Flag(inversion: .prefixedNo, help: "Switch it on, or off.") var up: Bool?
    @Option(help: "MTU.") var mtu: Int?
    @Option(help: "MAC address.", transform: station) var address: MACAddress?
    @Flag(inversion: .prefixedNo, help: "Generic receive offload.") var gro: Bool?
    @Flag(inversion: .prefixedNo, help: "Generic segmentation offload.") var gso: Bool?
    @Flag(inversion: .prefixedNo, help: "TCP segmentation offload.") var tso: Bool?

    func run() throws {
        try withLinks {
            let table = try name.table()
            let link = try table.link(named: name.name)
            let changes = LinkChanges(up: up, mtuBytes: mtu, address: address)
            if changes != LinkChanges() { try table.set(link.index, changes) }
            var features: [String: Bool] = [:]
            if let gro { features["rx-gro"] = gro }
            if let gso { features["tx-generic-segmentation"] = gso }
            if let tso { features[EthtoolTable.tcpSegmentationOffload] = tso }
            if !features.isEmpty { try EthtoolTable(in: table.namespace).setFeatures(features, of: name.name) }
        }
    }
}

struct LinkShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Interfaces and who is paired with whom, across namespaces.")

    @Argument(help: "One interface; all if left out.", transform: interface) var name: InterfaceReference?
    @Option(help: "All interfaces of this namespace.") var netns: String?
    @Flag(name: [.customShort("J"), .long], help: "As JSON, in the words of `ip -d -j link show`, and `peer` besides.") var json = false

    func run() throws {
        let links = try withLinks {
            let reference = name ?? InterfaceReference(name: "all", namespace: netns)
            let table = try reference.table()
            var links = try table.descriptions()
            if let name {
                // Asks for it by name, for the error's sake.
                let index = try table.link(named: name.name).index
                links = links.filter { $0.index == index }
            }
            return json ? table.detailed(links) : links
        }
        let style = TextStyle(isTerminal: ProcessFacts.isTerminal(1))
        print(json ? try JSONReport.text(links) : LinkReport.text(links, style: style), terminator: "")
    }
}

struct LinkPeer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer", abstract: "The other end of a veth, in whatever namespace it lives: vethmark link peer eth0@4711")

    @Argument(help: "The interface.", transform: interface) var name: InterfaceReference
    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object.") var json = false

    func run() throws {
        let description = try withLinks {
            let table = try name.table()
            let index = try table.link(named: name.name).index
            return try table.descriptions().first { $0.index == index }
        }
        guard let peer = description?.peer, let peerName = peer.name else {
            let isVeth = description?.information?.kind == "veth"
            let reason = isVeth ? "its peer lives in a namespace that can't be seen from here; run it as root" : "it is not a veth"
            Exit.say("vethmark: \(name) has no peer to show: \(reason)")
            throw ExitCode(Exit.failed)
        }
        print(
            json ? try JSONReport.text(peer) : "\(peer.namespace.map { "\(peerName)@\($0)" } ?? peerName), index \(peer.index)\n",
            terminator: "")
    }
}

struct LinkDelete: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "del", abstract: "Delete an interface; with a veth goes its peer.")

    @Argument(help: "The interface.", transform: interface) var name: InterfaceReference

    func run() throws {
        try withLinks {
            let table = try name.table()
            try table.delete(try table.link(named: name.name).index)
        }
    }
}
