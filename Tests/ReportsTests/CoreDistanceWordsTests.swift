import Results
import Testing

@testable import Reports

@Suite struct CoreDistanceWordsTests {
    private func words(_ before: (Double, Double)?, _ after: (Double, Double)?) -> String {
        func reading(_ numbers: (Double, Double)?) -> CoreDistanceEvidence.Reading? {
            numbers.map { .init(latencyNanoseconds: $0.0, slowdownRatio: $0.1) }
        }
        return CoreDistanceWords(.init(fromCPU: 0, toCPU: 1, before: reading(before), after: reading(after))).text
    }

    @Test func bothEndsAreTold() {
        #expect(words((39.6, 1), (165.4, 1.02)) == "CPU 0 and CPU 1: 40 ns apart before the window; 165 ns apart after it")
        #expect(
            words((31.2, 1.94), (40, 1)) == "CPU 0 and CPU 1: 31 ns apart, threads of one core, before the window; 40 ns apart after it")
    }

    @Test func whatIsNotKnownIsNotTold() {
        #expect(words(nil, (40, 1)) == "CPU 0 and CPU 1: 40 ns apart after it")
        #expect(words(nil, nil) == "CPU 0 and CPU 1: how far apart they are is not known, for others held them")
    }
}
