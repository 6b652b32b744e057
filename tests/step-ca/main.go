// A step-ca, made of Debian's Go packages, for the tests: its argument is the file with its configuration.
package main

import (
	"fmt"
	"os"

	"github.com/smallstep/certificates/authority/config"
	"github.com/smallstep/certificates/ca"
	_ "github.com/smallstep/certificates/cas/softcas"
	_ "github.com/smallstep/certificates/kms/softkms"
)

func main() {
	settings, err := config.LoadConfiguration(os.Args[1])
	if err == nil {
		var server *ca.CA
		if server, err = ca.New(settings); err == nil {
			err = server.Run()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
