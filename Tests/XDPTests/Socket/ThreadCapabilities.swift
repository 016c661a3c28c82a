import Kernel

/// capset(2), which works on the calling thread alone; the C library has it, without a declaration.
@_silgen_name("capset")
private func capset(_ header: UnsafePointer<CapabilityHeader>, _ data: UnsafePointer<CapabilityData>) -> Int32

/// `struct __user_cap_header_struct` and `struct __user_cap_data_struct` (linux/capability.h).
private struct CapabilityHeader {
    /// _LINUX_CAPABILITY_VERSION_3
    var version: UInt32 = 0x2008_0522
    var thread: Int32 = 0
}

private struct CapabilityData {
    var lower: (effective: UInt32, permitted: UInt32, inheritable: UInt32)
    var upper: (effective: UInt32, permitted: UInt32, inheritable: UInt32) = (0, 0, 0)
}

/// Takes all other capabilities from the calling thread, for good; for threads made for it only.
///
/// - Returns: whether it has just those now.
func keepCapabilities(_ kept: [Capability]) -> Bool {
    let mask = kept.reduce(0 as UInt32) { $0 | 1 << UInt32($1.rawValue) }
    var header = CapabilityHeader()
    var data = CapabilityData(lower: (mask, mask, 0))
    guard capset(&header, &data) == 0 else { return false }
    return Capability.allCases.allSatisfy { CapabilitySet.effective.contains($0) == kept.contains($0) }
}
