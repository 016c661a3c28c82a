/// A parser under test by the name that scripts/fuzz and the corpus know it by.
public let fuzzTargets: [(name: String, run: @Sendable ([UInt8]) -> Void)] = [
    ("frames", fuzzFrames), ("netlink", fuzzNetlink), ("captures", fuzzCaptures), ("profiles", fuzzProfiles),
    ("control", fuzzControl)
]

#if FUZZ_FRAMES || FUZZ_NETLINK || FUZZ_CAPTURES || FUZZ_PROFILES || FUZZ_CONTROL
    /// Where libFuzzer hands over its inputs (https://llvm.org/docs/LibFuzzer.html).
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        let input = Array(UnsafeBufferPointer(start: bytes, count: count))
        #if FUZZ_FRAMES
            fuzzFrames(input)
        #elseif FUZZ_NETLINK
            fuzzNetlink(input)
        #elseif FUZZ_CAPTURES
            fuzzCaptures(input)
        #elseif FUZZ_PROFILES
            fuzzProfiles(input)
        #elseif FUZZ_CONTROL
            fuzzControl(input)
        #endif
        return 0
    }
#endif
