/// Numbers of capabilities (include/uapi/linux/capability.h).
enum Capability {
  static let setGID: UInt64 = 6
  static let setUID: UInt64 = 7
  static let netAdmin: UInt64 = 12
  static let netRaw: UInt64 = 13
  static let sysAdmin: UInt64 = 21
  static let sysResource: UInt64 = 24
}
