{# ALLOWS_SCALAR_WRITE #}
{% extends 'common_group.cu' %}
{% block kernels %}
{% import 'cuda_kernel.cu' as kernel with context %}
{{kernel.open('_scalar')}}
    if (_thread > 0) return;
    const int64_t _vectorisation_idx = 0;
    {{scalar_code|autoindent}}
}
{% endblock %}
{% block launch %}
    _scalar_{{codeobj_name}}<<<1, 1>>>(
        %HOST_PARAMETERS%);
{% endblock %}
