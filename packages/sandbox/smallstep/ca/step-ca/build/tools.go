//go:build tools

package stepca

import _ "github.com/smallstep/certificates/cmd/step-ca"
