import Engines
import Frames
import Kernel
import Links
import Plans
import Traffic

/// Where frames end: at our reader, and nowhere behind it.
public enum FrameDestination {
    /// The plan with the addresses that only the link knows.
    ///
    /// - Throws: `TrialError.link`, `TrialError.system`.
    public static func settled(_ plan: TrialPlan, on link: LinkPair?) throws -> TrialPlan {
        guard let link else { return plan }
        var plan = plan
        try plan.changeFrames { frame in
            frame.sourceAddress = try frame.sourceAddress ?? link.transmit.current().address
            frame.destinationAddress = try frame.destinationAddress ?? link.station(isTagged: !frame.vlans.isEmpty)
        }
        return plan
    }

    /// The same between two hosts: the switches between them are to know where frames go, which is the receiving interface's own address.
    public static func settled(_ plan: TrialPlan, from source: MACAddress, to destination: MACAddress) throws -> TrialPlan {
        var plan = plan
        plan.changeFrames { frame in
            frame.sourceAddress = frame.sourceAddress ?? source
            frame.destinationAddress = frame.destinationAddress ?? destination
        }
        return plan
    }

    /// Refuses what the receiving side would send on, unless `--force` says that this is meant.
    ///
    /// - Parameters:
    ///   - templates: all frames of the plan; where they are patched as they leave, its first ones are asked for.
    ///   - takesXDP: whether `--receiver xdp` is a way out; across two hosts it can't be had.
    /// - Throws: `TrialError.wouldForward`, `.wouldSwitch`.
    public static func check(_ plan: TrialPlan, on link: LinkPair?, _ templates: [FrameTemplate], takesXDP: Bool = true) throws {
        // What the counting program has counted it drops.
        guard let link, !link.isPrivate, !plan.link.force, !plan.receive.receiver.abilities.endsFrames, let reference = plan.link.receive
        else { return }
        for (stream, templates) in try streams(plan, templates) {
            try check(stream, on: link, reference, templates, takesXDP)
        }
    }

    private static func check(
        _ stream: TrialPlan.Stream, on link: LinkPair, _ reference: InterfaceReference, _ templates: [FrameTemplate], _ takesXDP: Bool
    ) throws {
        let frame = stream.frame
        let above = try link.above(isTagged: !frame.vlans.isEmpty)
        if let kind = above.unknownSwitch { throw TrialError.wouldSwitch(reference, kind: kind, takesXDP: takesXDP) }
        // Without IP of its own, or behind labels, no router takes a frame for its own.
        guard stream.replay != nil || frame.network != .raw, frame.encapsulation == nil || frame.encapsulation?.endpoints != nil else {
            return
        }
        var asked: Set<Route> = []
        for template in templates {
            guard let route = stream.replay == nil ? frame.route(of: template) : Route(recorded: template) else { continue }
            guard asked.insert(route).inserted else { continue }
            for station in above.stations where station.address == route.station {
                guard
                    let index = try link.receive.table.wayOut(
                        source: route.source, destination: route.destination, arrivingBy: station.index)
                else { continue }
                let out = (try? link.receive.table.link(index: index).name) ?? "\(index)"
                throw TrialError.wouldForward(reference, destination: route.destinationText, by: out, takesXDP: takesXDP)
            }
        }
    }

    /// Each stream's frames, or the first of those that are too many to ask for each.
    private static func streams(
        _ plan: TrialPlan, _ templates: [FrameTemplate]
    ) throws(FrameError) -> [(TrialPlan.Stream, [FrameTemplate])] {
        let mix = plan.mix
        guard mix.isPatched else { return [(mix.streams[0], templates)] }
        let program = try plan.program(transmitAddress: nil, receiveAddress: nil)
        let most = UInt64(FrameSchedule.maximumCycle / mix.streams.count)
        return zip(mix.streams, program.parts).map { stream, part in
            (stream, (0..<min(most, part.program.cycleFrames)).map(part.program.frame))
        }
    }

    /// What decides where a frame goes.
    struct Route: Hashable {
        var station: MACAddress
        var source: [UInt8]
        var destination: [UInt8]

        init(station: MACAddress, source: [UInt8], destination: [UInt8]) {
            (self.station, self.source, self.destination) = (station, source, destination)
        }

        /// Of a frame out of a file; nil where it has no plain IP header.
        init?(recorded frame: FrameTemplate) {
            guard let place = frame.transportPlace else { return nil }
            let (start, length) = (place.addressOffset, place.isIPv6 ? 16 : 4)
            self.init(
                station: MACAddress(value: frame.bytes.prefix(6).reduce(0) { $0 << 8 | UInt64($1) }),
                source: Array(frame.bytes[start..<(start + length)]),
                destination: Array(frame.bytes[(start + length)..<(start + 2 * length)]))
        }

        var destinationText: String {
            let value = destination.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard destination.count == 16 else { return "\(IPv4Address(value: UInt32(value)))" }
            return "\(IPv6Address(high: destination.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, low: value))"
        }
    }
}

extension TrialPlan.Frame {
    /// Of a template with an IP header.
    func route(of template: FrameTemplate) -> FrameDestination.Route {
        let network = EthernetWire.headerBytes + vlans.count * EthernetWire.tagBytes
        // RFC 791 section 3.1, RFC 8200 section 3: where the addresses stand.
        let isIPv4 = encapsulation?.endpoints != nil || self.network == .ipv4
        let (start, length) = isIPv4 ? (network + 12, 4) : (network + 8, 16)
        let bytes = template.bytes
        return FrameDestination.Route(
            station: MACAddress(value: bytes.prefix(6).reduce(0) { $0 << 8 | UInt64($1) }),
            source: Array(bytes[start..<(start + length)]), destination: Array(bytes[(start + length)..<(start + 2 * length)]))
    }
}
