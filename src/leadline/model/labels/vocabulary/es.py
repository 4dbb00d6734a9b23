"""Spanish."""

WORDS = {
    "NAME": "nombre persona_de_contacto como_te_llamas como_se_llama",
    "FIRST_NAME": "primer_nombre nombre_de_pila nombres",
    "LAST_NAME": "apellido apellidos primer_apellido apellido_paterno",
    "FULL": "completo completos",
    "FULL_NAME": "nombre_completo",
    "EMAIL": "correo correo_electronico correoelectronico direccion_de_correo_electronico "
    "direccion_de_correo electronico",
    "PHONE": "telefono telefonico fono",
    "MOBILE": "movil celular",
    "COMPANY": "empresa compania organizacion institucion razon_social entidad "
    "nombre_de_la_empresa donde_trabajas donde_trabaja",
    "TITLE": "cargo puesto puesto_de_trabajo ocupacion profesion",
    "COUNTRY": "pais",
    "WEBSITE": "sitio_web pagina_web sitio_de_internet pagina_de_internet",
    "MESSAGE": "mensaje comentario comentarios consulta pregunta preguntas observaciones "
    "en_que_podemos_ayudarte en_que_podemos_ayudarle como_podemos_ayudarte como_podemos_ayudarle "
    "en_que_te_podemos_ayudar",
    "PERSON": "contacto cliente",
    "WORK": "corporativo corporativa laboral trabajo profesional empresarial",
    "HOME": "particular",
    "MAIN": "mejor",
    "BILLING": "facturacion",
    "ADDRESS": "direccion",
    "OTHER": "jefe jefa amigo amiga emergencia conyuge esposo esposa hijo hija padre madre tutor "
    "mascota perro gato asistente companero companera acompanante destinatario remitente "
    "referido referencia recomendado",
    "FILLER": "tu tus su sus mi el los las y o cual cuales es en que por_favor introduce ingrese "
    "ingresa escribe escriba indica indique obligatorio obligatoria opcional requerido requerida "
    "trabajas trabaja con para residencia del",
}
