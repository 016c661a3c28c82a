import CLinux
import Ports

/// How a transmitting socket's frames lie in its memory: one slot a chunk.
struct TransmitChunks: Equatable {
    let chunkBytes: Int
    /// A whole number of schedule cycles, so that slot and template keep step round after round.
    let slots: Int

    static let maximumFrameBytes = FrameRoom.socketChunkBytes

    /// - Throws: `XDPSocketError.frameTooLarge`.
    init(largestFrameBytes: Int, cycle: Int, minimumSlots: Int) throws(XDPSocketError) {
        guard largestFrameBytes <= Self.maximumFrameBytes else {
            throw .frameTooLarge(bytes: largestFrameBytes, maximumBytes: Self.maximumFrameBytes)
        }
        chunkBytes = largestFrameBytes <= 2048 ? 2048 : 4096
        slots = (max(minimumSlots, 1) + cycle - 1) / cycle * cycle
    }

    /// At least the kernel's own budget of 32 (TX_BATCH_SIZE), below which no other can be set.
    var ringEntries: Int { RingLayout.entries(atLeast: max(slots, 32)) }

    /// A slot's frame begins at another cache line of its chunk than the neighbours', or all first lines would share a few
    /// sets of the cache. A frame has to end within its chunk (`xp_aligned_validate_desc`).
    func descriptor(slot: Int, frameBytes: Int) -> xdp_desc {
        let lineBytes = 64
        let lines = (chunkBytes - frameBytes) / lineBytes + 1
        return xdp_desc(addr: UInt64(slot * chunkBytes + slot % lines * lineBytes), len: UInt32(frameBytes), options: 0)
    }
}
