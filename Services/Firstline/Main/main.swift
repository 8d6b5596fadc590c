import FirstlineCommand

await Firstline.main()
