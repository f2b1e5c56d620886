import Decoding
import Records

/// Where the bytes of a thread's last call lay: the guess for its next one.
struct CapturePlan {
  var tid: Int32 = 0
  var abi = ABI.x86_64
  var vector = RangeList()
  var headers = RangeList()
  var payload = RangeList()

  /// True where it is of the same thread and a call with the same array.
  func begins(with wanted: RangeList, tid: Int32, abi: ABI) -> Bool {
    self.tid == tid && self.abi == abi && vector.requested == wanted.requested
  }
}
