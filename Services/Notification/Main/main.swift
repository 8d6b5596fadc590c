import NotificationServer
import ServiceKit

await ServiceMain.run(NotificationService.definition)
