"""Portuguese."""

WORDS = {
    "NAME": "nome pessoa_de_contato pessoa_de_contacto como_voce_se_chama",
    "FIRST": "primeiro",
    "LAST": "ultimo",
    "LAST_NAME": "sobrenome apelido sobrenomes apelidos nome_de_familia",
    "FULL_NAME": "nome_completo",
    "EMAIL": "correio_eletronico correio_electronico endereco_de_email endereco_de_e_mail",
    "PHONE": "telefone fone",
    "MOBILE": "telemovel movel",
    "COMPANY": "razao_social organizacao instituicao nome_da_empresa onde_voce_trabalha",
    "TITLE": "funcao profissao ocupacao",
    "WEBSITE": "pagina_da_web pagina_na_internet",
    "MESSAGE": "mensagem duvida duvidas assunto_da_mensagem como_podemos_ajudar "
    "como_podemos_te_ajudar como_podemos_ajuda_lo observacoes comentarios_adicionais",
    "PERSON": "contato",
    "WORK": "profissional",
    "HOME": "pessoal residencial",
    "MAIN": "melhor",
    "BILLING": "faturamento faturacao",
    "ADDRESS": "endereco morada",
    "OTHER": "chefe gerente filho filha pai mae conjuge cachorro acompanhante indicado indicacao "
    "responsavel",
    "FILLER": "seu sua seus suas meu minha o os as e da do qual quais por_favor digite informe "
    "insira preencha com_ddd com_o_ddd obrigatorio obrigatoria opcional voce em na no_seu "
    "trabalha de_origem origem",
}
