import CLinux

/// A struct of the kernel's out of the bytes that it sent: for structs of integers only, which any bits are.
///
/// - Returns: nil if less is there.
func kernelStruct<Value: BitwiseCopyable>(_ bytes: some Collection<UInt8>, at offset: Int = 0, as type: Value.Type) -> Value? {
    guard offset >= 0, bytes.count - offset >= MemoryLayout<Value>.size else { return nil }
    // Unsafe: as long as the struct, as was just checked, and any bits are one.

    return unsafe Array(bytes.dropFirst(offset).prefix(MemoryLayout<Value>.size)).withUnsafeBytes {
        unsafe $0.loadUnaligned(as: Value.self)
    }
}

/// A struct or integer as the kernel wants to read it.
func kernelBytes<Value: BitwiseCopyable>(of value: Value) -> [UInt8] {
    // Unsafe: copied before the call is over.

    unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
}

/// The text up to the first zero in a C array of bytes or characters.
func kernelText<Value: BitwiseCopyable>(_ array: Value) -> String { NetlinkAttributes.text(kernelBytes(of: array)[...]) }

extension Collection<UInt8> {
    /// An integer in the machine's own order; nil beyond the end.
    public func machineInteger<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value? {
        kernelStruct(self, at: offset, as: Value.self)
    }
}
