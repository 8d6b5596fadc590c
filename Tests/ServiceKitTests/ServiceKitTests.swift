import ServiceKit
import Testing
