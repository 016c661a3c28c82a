import Metrics

extension PlanMaker {
    mutating func makeBlockBytes() -> Int {
        guard let bytes = draft.receive.blockBytes else { return max(PlanDefaults.blockBytes, limits.pageBytes) }
        let lowest = max(PlanBounds.blockBytes.lowerBound, limits.pageBytes)
        guard (lowest...PlanBounds.blockBytes.upperBound).contains(bytes), bytes & (bytes - 1) == 0 else {
            let range = "\(ByteCount(bytes: lowest)) to \(ByteCount(bytes: PlanBounds.blockBytes.upperBound))"
            refuse(
                .blockBytes, found: bytes < 0 ? "\(bytes) B" : "\(ByteCount(bytes: bytes))",
                allowed: "a power of two from \(range)",
                remedy: "leave it out for \(ByteCount(bytes: PlanDefaults.blockBytes))")
            return PlanDefaults.blockBytes
        }
        return bytes
    }

    /// Where nobody asked (or asked for 0), large frames are cut off behind headers and signature.
    mutating func makeSnap(_ mix: TrafficMix) -> Int {
        let signatureEnd = mix.signatureEndBytes
        guard let snap = draft.receive.snapBytes, snap != 0 else {
            let standard = max(PlanDefaults.snapBytes, signatureEnd)
            return mix.largestSizeBytes > standard ? standard : 0
        }
        guard snap >= signatureEnd, PlanBounds.snapBytes.contains(snap) else {
            refuse(
                .snapBytes, found: "\(snap)",
                allowed: "0, or \(signatureEnd) to \(PlanBounds.snapBytes.upperBound), to hold headers and signature",
                remedy: "leave it out to have vethmark choose")
            return 0
        }
        return snap
    }

    mutating func checkReceiveRing(_ receive: TrialPlan.Receive, _ mix: TrafficMix) {
        guard areSound(.blockBytes, .blocks, .snapBytes, .size) else { return }
        let largest = mix.largestSizeBytes
        let kept = receive.snapBytes > 0 ? min(receive.snapBytes, largest) : largest
        if kept + PlanBounds.blockHeaderBytes > receive.blockBytes {
            refuse(
                .blockBytes, found: "\(ByteCount(bytes: receive.blockBytes))",
                allowed: "at least \(kept + PlanBounds.blockHeaderBytes) bytes, to hold one frame of \(kept) bytes",
                remedy: "use larger blocks or a \(PlanField.snapBytes.flag) that cuts frames off")
        }
        let ringBytes = receive.blockBytes * receive.blocks
        if !PlanBounds.receiveRingBytes.contains(ringBytes) {
            refuse(
                .blocks, found: "\(receive.blocks)",
                allowed: "at most \(PlanBounds.receiveRingBytes.upperBound / receive.blockBytes) blocks of "
                    + "\(ByteCount(bytes: receive.blockBytes)), \(ByteCount(bytes: PlanBounds.receiveRingBytes.upperBound))"
                    + " in all",
                remedy: "leave it out for \(PlanDefaults.blocks)")
        }
    }
}
