import Memory
import Testing

@Suite struct MemoryTests {
    /// Counts the values that are alive.
    private struct Counted: ~Copyable {
        let alive: Counter
        let number: Int

        init(_ alive: Counter, _ number: Int) {
            self.alive = alive
            self.number = number
            alive.count += 1
        }

        deinit { alive.count -= 1 }
    }

    private final class Counter { var count = 0 }

    @Test func anOwnedTableEndsItsValuesOnce() {
        let alive = Counter()
        do {
            let table = OwnedTable(count: 7) { Counted(alive, $0) }
            #expect(alive.count == 7)
            #expect((0..<7).map { table[$0].number } == Array(0..<7))
            #expect(table.table[6].number == 6)
        }
        #expect(alive.count == 0)
    }

    @Test func copiesOfATableAreTheSameValues() {
        let owned = OwnedTable([1, 2, 3])
        let table = owned.table
        let copy = table
        copy[1] &+= 40
        #expect(table[1] == 42 && owned[1] == 42)
        owned[2] = 9
        #expect(copy[2] == 9 && copy.count == 3)
        table.fill(5)
        #expect((0..<3).map { owned[$0] } == [5, 5, 5])
        #expect(OwnedTable<Int>([]).count == 0)
    }

    @Test(arguments: [-1, 3, .max, .min]) func aTableTrapsBeyondItsEnds(_ index: Int) async {
        await #expect(processExitsWith: .failure) { [index] in
            let table = OwnedTable([1, 2, 3])
            table.table[index] = 4
        }
    }

    @Test func aWindowKeepsNumbersAnywhere() {
        let memory = OwnedTable<UInt8>(repeating: 0xEE, count: 16)
        let window = memory.bytes
        window.store(0x0102_0304_0506_0708 as UInt64, at: 3)
        #expect(window.load(at: 3, as: UInt64.self) == 0x0102_0304_0506_0708)
        #expect(window.load(at: 2, as: UInt8.self) == 0xEE && window.load(at: 11, as: UInt8.self) == 0xEE)
        window.copy([9, 8, 7], to: 13)
        #expect(window.read(12, count: 4) { $0.copied() } == [0xEE, 9, 8, 7])
        window.copy([], to: 16)
        window.write(0, count: 2) { $0.storeBytes(of: 0x1122 as UInt16, toByteOffset: 0, as: UInt16.self) }
        #expect(window.load(at: 0, as: UInt16.self) == 0x1122)
    }

    @Test(arguments: [(-1, 1), (16, 1), (9, 8), (0, 17), (.max, 8), (3, .max), (3, -1)])
    func aWindowTrapsBeyondItsEnds(_ place: (offset: Int, count: Int)) async {
        let offset = place.offset
        let count = place.count
        await #expect(processExitsWith: .failure) { [offset = offset as Int, count = count as Int] in
            let memory = OwnedTable<UInt8>(repeating: 0, count: 16)
            memory.bytes.read(offset, count: count) { _ in }
        }
    }

    @Test func spansReadNumbersAsTheyStandOnTheWire() {
        let bytes: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
        bytes.read { span in
            #expect(span.bigEndian(at: 1, as: UInt64.self) == 0x0102_0304_0506_0708)
            #expect(span.bigEndian(at: 8, as: UInt16.self) == 0x0809)
            #expect(span.number(at: 1, as: UInt16.self) == 0x0201)
            #expect(span.byte(9) == 9)
            #expect(span.copied() == bytes)
        }
        var changed = bytes
        changed.write { $0.storeBytes(of: 0xFF as UInt8, toByteOffset: 9, as: UInt8.self) }
        #expect(changed == bytes.dropLast() + [0xFF])
        #expect([UInt8]().read { $0.byteCount } == 0)
    }

    @Test(arguments: [-1, 9, 10]) func spansTrapBeyondTheirEnd(_ offset: Int) async {
        await #expect(processExitsWith: .failure) { [offset] in
            _ = [UInt8](repeating: 0, count: 10).read { $0.bigEndian(at: offset, as: UInt16.self) }
        }
    }
}
