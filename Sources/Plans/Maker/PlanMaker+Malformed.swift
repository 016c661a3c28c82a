import Frames
import Traffic

extension PlanMaker {
    /// In the order of their table, each once.
    func makeMalformed() -> [FrameFault] {
        let asked = Set(draft.frame.malformed ?? [])
        return FrameFault.allCases.filter(asked.contains)
    }

    /// Only where a signature fits into less than 64 bytes can short frames be told from others'.
    private mutating func checkRunts(_ frame: TrialPlan.Frame, _ faults: [FrameFault]) {
        guard faults.contains(.runt) else { return }
        guard FrameFault.runt.applies(to: frame.network, frame.transport) else {
            return refuse(
                .malformed, found: "runt in \(frame.transport.rawValue) over \(frame.network.rawValue)",
                allowed: "left out where headers leave no room for the signature in less than \(EthernetWire.minimumFrameBytes) bytes",
                remedy: "use \(PlanField.network.flag) raw; `vethmark replay` sends shorter frames out of a file, and counts them by number"
            )
        }
        if draft.frame.sizes != nil, frame.sizes.minimumBytes >= EthernetWire.minimumFrameBytes {
            refuse(
                .size, found: "\(frame.sizes)", allowed: "less than \(EthernetWire.minimumFrameBytes) in frames that are runts",
                remedy: "leave it out for the least, or leave out runt")
        }
    }

    /// A fault that frames can't have would be left out of them without a word.
    mutating func checkMalformed(_ frame: TrialPlan.Frame) {
        let faults = frame.malformed ?? []
        checkRunts(frame, faults)
        for fault in faults where fault != .runt && !fault.applies(to: frame.network, frame.transport) {
            let headers = frame.network == .raw ? "frames without IP" : "\(frame.transport.rawValue) over \(frame.network.rawValue)"
            refuse(
                .malformed, found: "\(fault.rawValue) in \(headers)", allowed: "a fault of headers that the frames have",
                remedy: "leave it out, or use frames of \(fault.place)")
        }
        if faults.contains(.transportChecksum), faults.contains(.zeroChecksum) {
            refuse(
                .malformed, found: "transport-checksum and zero-checksum", allowed: "one of both, for a frame has one transport checksum",
                remedy: "leave out one of them, or give each a stream of its own (\(PlanField.streams.flag))")
        }
        if faults.contains(.transportChecksum), frame.hasOptionalChecksum, draft.frame.udpChecksum == false {
            refuse(
                .udpChecksum, found: "false", allowed: "true or left out where the checksum is to be wrong", remedy: "leave it out")
        }
    }
}
