import Frames

extension FrameProgram {
    /// Frames that somebody else has made, one after the other and again from the first; nothing varies but their signatures.
    ///
    /// - Parameter recorded: at least one, each with a place for its signature.
    public init(recorded: [FrameTemplate]) {
        precondition(!recorded.isEmpty, "a recording has frames")
        bases = recorded
        ipSums = [UInt64](repeating: 0, count: recorded.count)
        ipChecksumOffset = 0
        patches = []
        tables = []
        wheels = []
        cycleFrames = UInt64(recorded.count)
        stretch = cycleFrames
        differentFrames = UInt64(Set(recorded.map(\.bytes)).count)
        flows = UInt64(Set(recorded.map(Self.flow)).count)
    }

    /// Addresses and ports, as they stand there.
    private static func flow(_ frame: FrameTemplate) -> [UInt8] {
        guard let place = frame.transportPlace else { return Array(frame.bytes.prefix(EthernetWire.headerBytes)) }
        // The ports stand first, behind the addresses.
        return Array(frame.bytes[place.addressOffset..<(place.transportOffset + 4)]) + [place.isUDP ? 1 : 0]
    }
}
