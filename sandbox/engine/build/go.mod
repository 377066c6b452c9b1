module smallstep-ssh-azuread/engine

go 1.26

require github.com/pulumi/pulumi/pkg/v3 v3.253.0
