import Frames
import Ports
import Traffic

extension TrialPlan {
    /// What tells each frame of this plan, in the order in which each worker sends them.
    ///
    /// - Parameters:
    ///   - transmitAddress: the source where the plan names none: the transmitting interface's own.
    ///   - receiveAddress: the destination where the plan names none.
    /// - Throws: `FrameError`; never for a plan that was made from a draft.
    public func program(transmitAddress: MACAddress?, receiveAddress: MACAddress?) throws(FrameError) -> StreamProgram {
        var parts: [StreamProgram.Part] = []
        for (position, stream) in mix.streams.enumerated() {
            if let replay = stream.replay {
                parts.append(StreamProgram.Part(FrameProgram(recorded: replay.templates), share: stream.share))
                continue
            }
            let frame = stream.frame
            var recipe = frame.recipe
            if transmit.alwaysChecksums == true { recipe.udpChecksum = true }
            recipe.source = frame.sourceAddress ?? transmitAddress ?? recipe.source
            recipe.destination = frame.destinationAddress ?? receiveAddress ?? recipe.destination
            let program = try FrameProgram(
                recipe, sizes: frame.sizes, modifiers: frame.modifiers, flows: frame.flows,
                seed: run.seed &+ UInt64(position) &* 0x632B_E59B_D9B4_E019)
            parts.append(StreamProgram.Part(program, share: stream.share))
        }
        return StreamProgram(parts)
    }

    /// What lies in a worker's slots, round after round: all frames of the plan, or where they are too many or of several streams only their streams and
    /// sizes, for a filler to make frames of. Where streams keep paces of their own slots are empty, and these are each stream's sizes.
    ///
    /// - Parameters: as of `program`.
    /// - Throws: `FrameError`; never for a plan that was made from a draft.
    public func templates(transmitAddress: MACAddress?, receiveAddress: MACAddress?) throws(FrameError) -> [FrameTemplate] {
        let program = try program(transmitAddress: transmitAddress, receiveAddress: receiveAddress)
        if mix.hasOwnPaces { return program.parts.flatMap(\.program.bases) }
        return mix.isPatched ? program.bases : try program.parts[0].program.templates()
    }
}

extension TrialPlan.Frame {
    /// The first frame's recipe but for addresses that only the link knows.
    package var recipe: FrameRecipe {
        var recipe = FrameRecipe()
        recipe.sizeBytes = sizes.maximumBytes
        recipe.vlans = vlans
        recipe.encapsulation = encapsulation
        recipe.network = network
        recipe.sourceIPv4 = sourceIPv4
        recipe.destinationIPv4 = destinationIPv4
        recipe.sourceIPv6 = sourceIPv6
        recipe.destinationIPv6 = destinationIPv6
        recipe.transport = transport
        recipe.sourcePort = sourcePort
        recipe.destinationPort = destinationPort
        recipe.dscp = dscp
        recipe.timeToLive = timeToLive
        recipe.udpChecksum = udpChecksum
        recipe.faults = Set(malformed ?? [])
        return recipe
    }
}

extension TrialPlan.Frame {
    /// Where a template's UDP or TCP header stands, and the sum over its pseudo-header, for the stack to finish what it cuts; nil for other frames.
    package func segmentedTransport(of template: FrameTemplate) -> SegmentedTransport? {
        guard network != .raw else { return nil }
        let isUDP = transport == .udp
        let headerBytes = isUDP ? UDPField.headerBytes : TCPField.headerBytes
        let offset = Int(template.stampPoint.signatureOffset) - headerBytes
        // Templates carry no options and no extension headers: the addresses stand right in front.
        let addressBytes = network == .ipv4 ? 2 * 4 : 2 * 16
        let pseudoHeader = PseudoHeader(addresses: template.bytes[(offset - addressBytes)..<offset], isIPv6: network == .ipv6)
        let sum = pseudoHeader.sum(
            protocolNumber: isUDP ? UDPField.protocolNumber : TCPField.protocolNumber,
            lengthBytes: isUDP ? template.bytes.count - offset : 0)
        return SegmentedTransport(
            isUDP ? .udp : network == .ipv4 ? .tcpIPv4 : .tcpIPv6, offset: offset, pseudoHeaderSum: InternetChecksum.folded(sum))
    }
}

extension TrialPlan.Frame {
    /// The largest frame behind its Ethernet header and first tag, which an MTU leaves room for.
    package var largestPayloadBytes: Int {
        sizes.maximumBytes - EthernetWire.fcsBytes - EthernetWire.headerBytes - (vlans.isEmpty ? 0 : EthernetWire.tagBytes)
    }

    /// Without FCS.
    package var largestBytes: Int { sizes.maximumBytes - EthernetWire.fcsBytes }
}

extension TrialPlan.Transmit {
    /// What a worker's slots take, as far as the plan tells.
    package func ringBytes(_ mix: TrafficMix) -> Int {
        let frame = mix.streams[0].frame
        return switch engine.abilities.slots {
        case .frames:
            RingTransmitPort.ringBytes(
                largestFrameBytes: mix.largestSizeBytes - EthernetWire.fcsBytes, cycle: mix.slotCycle, minimumSlots: ringSlots,
                linear: layout == .linear)
        case .segments:
            GSOTransmitPort.ringBytes(
                slots: ringSlots, segments: frame.network == .raw || superframes == true ? 1 : segments ?? 1,
                frameBytes: frame.largestBytes,
                headerBytes: frame.recipe.headerBytes)
        case .none: 0
        }
    }
}
