import IntakeServer
import ServiceKit

await ServiceMain.run(IntakeService.definition)
