import Frames
import Traffic

extension PlanMaker {
    mutating func makeFrame() -> TrialPlan.Frame {
        let asked = draft.frame, standard = PlanDefaults.recipe
        let malformed = makeMalformed()
        var frame = TrialPlan.Frame(
            sizes: asked.sizes ?? FrameSizes(sizeBytes: standard.sizeBytes) ?? .imix,
            sourceAddress: makeSource(), destinationAddress: asked.destinationAddress, vlans: makeVLANs(),
            encapsulation: asked.encapsulation, network: asked.network ?? standard.network,
            sourceIPv4: asked.sourceIPv4 ?? standard.sourceIPv4,
            destinationIPv4: asked.destinationIPv4 ?? standard.destinationIPv4,
            sourceIPv6: asked.sourceIPv6 ?? standard.sourceIPv6,
            destinationIPv6: asked.destinationIPv6 ?? standard.destinationIPv6,
            transport: asked.transport ?? standard.transport, sourcePort: asked.sourcePort ?? standard.sourcePort,
            destinationPort: asked.destinationPort ?? standard.destinationPort,
            dscp: value(\.frame.dscp, default: standard.dscp),
            timeToLive: value(\.frame.timeToLive, default: standard.timeToLive),
            // A checksum can't be wrong where there is none.
            udpChecksum: asked.udpChecksum ?? (standard.udpChecksum || malformed.contains(.transportChecksum)),
            malformed: malformed.isEmpty ? nil : malformed, modifiers: asked.modifiers ?? [],
            flows: value(\.frame.flows))
        checkAddresses(frame.network)
        checkEncapsulation(frame)
        checkMalformed(frame)
        if areSound(.vlans, .dscp, .malformed, .encapsulation) {
            if asked.sizes == nil { frame.sizes = draft.transmit.superframes == true ? largestSegment(of: frame) : smallest(of: frame) }
            checkSizes(frame)
            checkModifiers(frame)
        }
        return frame
    }

    /// What fills an MTU, as a TCP's segments do.
    private func largestSegment(of frame: TrialPlan.Frame) -> FrameSizes {
        let tagBytes = frame.vlans.isEmpty ? 0 : EthernetWire.tagBytes
        let mtu = draft.link.mtuBytes ?? PlanDefaults.mtuBytes
        return FrameSizes(sizeBytes: mtu + EthernetWire.headerBytes + tagBytes + EthernetWire.fcsBytes) ?? frame.sizes
    }

    /// The usual smallest frame, or where its headers don't fit, the smallest that holds them.
    private func smallest(of frame: TrialPlan.Frame) -> FrameSizes {
        if frame.malformed?.contains(.runt) == true { return FrameSizes(sizeBytes: frame.recipe.minimumBytes) ?? frame.sizes }
        do throws(FrameError) {
            _ = try FrameBuilder.build(frame.recipe)
        } catch {
            if case .tooSmall(_, let minimum) = error, let size = FrameSizes(sizeBytes: minimum) { return size }
        }
        return frame.sizes
    }

    /// A source is one station: the group bit is for destinations.
    private mutating func makeSource() -> MACAddress? {
        guard let source = draft.frame.sourceAddress else { return nil }
        if source.isMulticast {
            refuse(
                .sourceAddress, found: "\(source)", allowed: "a unicast address, whose first byte is even",
                remedy: "leave it out for the interface's own")
        }
        return source
    }

    private mutating func makeVLANs() -> [UInt16] {
        let vlans = draft.frame.vlans ?? []
        if let wrong = vlans.first(where: { !PlanBounds.vlan.contains($0) }) {
            refuse(
                .vlans, found: "\(wrong)", allowed: "\(PlanBounds.vlan.lowerBound) to \(PlanBounds.vlan.upperBound)",
                remedy: "leave it out for frames without a tag")
        }
        return vlans
    }

    /// An address of the other family would be left out of the frames without a word.
    private mutating func checkAddresses(_ network: NetworkProtocol) {
        let asked = draft.frame
        for (field, four, six) in [
            (PlanField.sourceIP, asked.sourceIPv4, asked.sourceIPv6),
            (PlanField.destinationIP, asked.destinationIPv4, asked.destinationIPv6)
        ] {
            if network == .ipv4, four == nil, let six {
                refuse(
                    field, found: "\(six)", allowed: "an IPv4 address in IPv4 frames",
                    remedy: "use \(PlanField.network.flag) ipv6, or another address")
            }
            if network == .ipv6, six == nil, let four {
                refuse(
                    field, found: "\(four)", allowed: "an IPv6 address in IPv6 frames",
                    remedy: "use \(PlanField.network.flag) ipv4, or another address")
            }
        }
    }

    private mutating func checkEncapsulation(_ frame: TrialPlan.Frame) {
        guard let encapsulation = frame.encapsulation, frame.network == .raw else { return }
        refuse(
            .encapsulation, found: "\(encapsulation)", allowed: "left out in frames without an IP packet to carry",
            remedy: "use \(PlanField.network.flag) ipv4 or ipv6")
    }

    /// Builds the smallest and the largest frame, so that no later build can fail.
    private mutating func checkSizes(_ frame: TrialPlan.Frame) {
        for size in Set([frame.sizes.minimumBytes, frame.sizes.maximumBytes]).sorted() {
            var recipe = frame.recipe
            recipe.sizeBytes = size
            do throws(FrameError) {
                _ = try FrameBuilder.build(recipe)
            } catch {
                refuse(error, in: frame)
                return
            }
        }
    }

    private mutating func checkModifiers(_ frame: TrialPlan.Frame) {
        guard areSound(.size, .vlans, .dscp, .flows) else { return }
        do throws(FrameError) {
            _ = try FrameProgram(frame.recipe, sizes: frame.sizes, modifiers: frame.modifiers, flows: frame.flows)
        } catch {
            refuse(error, in: frame)
        }
    }

    /// The field that is to blame for a frame that can't be built.
    private mutating func refuse(_ error: FrameError, in frame: TrialPlan.Frame) {
        let modifiers = frame.modifiers.map(\.description).joined(separator: ", ")
        switch error {
        case .tooSmall(_, EthernetWire.minimumFrameBytes):
            refuse(
                .size, found: "\(frame.sizes)", allowed: "at least \(EthernetWire.minimumFrameBytes), Ethernet's least",
                remedy: "use larger frames, or \(PlanField.network.flag) raw \(PlanField.malformed.flag) runt for shorter ones")
        case .tooSmall(_, let minimum):
            refuse(
                .size, found: "\(frame.sizes)", allowed: "at least \(minimum), to hold headers, signature and FCS",
                remedy: "use larger frames or smaller headers")
        case .tooLarge(_, let maximum):
            refuse(
                .size, found: "\(frame.sizes)", allowed: "at most \(maximum), which the length fields can tell",
                remedy: "use smaller frames")
        case .badVLAN(let identifier):
            refuse(.vlans, found: "\(identifier)", allowed: "1 to 4094", remedy: "leave it out for frames without a tag")
        case .tooManyVLANs(let count):
            refuse(.vlans, found: "\(count) tags", allowed: "two tags at most", remedy: "leave out the others")
        case .badDSCP(let value):
            refuse(.dscp, found: "\(value)", allowed: "0 to 63", remedy: "leave it out for 0")
        case .noSuchField(let field):
            guard !modifiers.isEmpty else {
                return refuse(
                    .flows, found: "\(frame.flows ?? 1)", allowed: "left out in frames without ports and IP addresses",
                    remedy: "use \(PlanField.network.flag) ipv4, or \(PlanField.modifiers.flag) eth.src=inc:COUNT")
            }
            refuse(
                .modifiers, found: modifiers, allowed: "of fields that the frame has, and it has no \(field)",
                remedy: "choose a field of its own headers")
        case .badRule(let rule, let allowed, let remedy):
            refuse(frame.modifiers.isEmpty ? .flows : .modifiers, found: rule, allowed: allowed, remedy: remedy)
        case .cycleTooLong(_, let maximum):
            refuse(
                .modifiers, found: modifiers,
                allowed: "such that at most \(maximum) frames pass before the first comes again",
                remedy: "choose smaller counts, or name fields that move together with a + between")
        }
    }
}
