/// What is to be kept of calls until more is said of them, in memory that does not grow with the
/// trace.
package struct RecentCalls<Value: Sendable>: Sendable {
  private var values: [UInt64: Value] = [:]
  /// Numbers in order of arrival: the oldest makes room.
  private var order: [UInt64] = []
  private var next = 0
  private let most: Int

  /// `most` is by default more than can be waited for at once: a socket has one.
  package init(most: Int = 65_536) { self.most = most }

  var isEmpty: Bool { values.isEmpty }

  package subscript(call: UInt64) -> Value? { values[call] }

  /// Changes what is kept of a call, where anything is.
  mutating func update(_ call: UInt64, _ change: (inout Value) -> Void) {
    if let index = values.index(forKey: call) { change(&values.values[index]) }
  }

  /// Numbers of calls mean something else from here on.
  mutating func forgetAll() {
    values.removeAll()
    order.removeAll()
    next = 0
  }

  package mutating func remember(_ value: Value, of call: UInt64) {
    guard values.updateValue(value, forKey: call) == nil else { return }
    if order.count < most {
      order.append(call)
    } else {
      values[order[next]] = nil
      order[next] = call
      next = (next + 1) % most
    }
  }
}
